//   x -> node -> y (nobody reads y)      =>      -
// A node stays if it has side effects, may change an operand (a variable), or is an operator that Pestle does not know.
// Values that nothing mentions any more go as well.
#include <algorithm>

#include "ir/rewriter.h"
#include "ops/core/registry.h"
#include "passes/passes.h"

namespace pestle::passes {
namespace {

bool must_run(const ir::Graph& graph, const ir::Node& node) {
  const ops::OpDef* def = ops::find(node);
  if (def == nullptr || def->traits.has_side_effects || node.outputs.empty()) return true;
  if (std::find(node.mutating_inputs.begin(), node.mutating_inputs.end(), true) != node.mutating_inputs.end())
    return true;
  return std::any_of(node.inputs.begin(), node.inputs.end(),
                     [&graph](ir::ValueId id) { return id != ir::kNoValue && graph.values[id].is_variable; });
}

void remove_dead(ir::Graph& graph) {
  std::vector<bool> read(graph.values.size(), false);
  for (ir::ValueId id : graph.outputs) read[id] = true;
  std::vector<ir::Node> kept;
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    const auto is_read = [&read](ir::ValueId id) { return id != ir::kNoValue && read[id]; };
    if (!must_run(graph, *node) && std::none_of(node->outputs.begin(), node->outputs.end(), is_read)) continue;
    for (ir::ValueId id : node->inputs) {
      if (id != ir::kNoValue) read[id] = true;
    }
    kept.push_back(std::move(*node));
  }
  std::reverse(kept.begin(), kept.end());
  graph.nodes = std::move(kept);
}

}  // namespace

Status remove_dead_nodes(ir::Module& module, PassContext&) {
  for (ir::Graph& graph : module.graphs) remove_dead(graph);
  ir::remove_unused_values(module);
  return {};
}

}  // namespace pestle::passes
