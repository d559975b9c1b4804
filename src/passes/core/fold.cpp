#include "passes/core/fold.h"

#include <algorithm>

#include "ops/core/builder.h"
#include "ops/core/registry.h"
#include "passes/core/edit.h"

namespace pestle::passes {
namespace {

bool computes_output(const ir::Graph& graph, const ir::Node& node) {
  return std::any_of(node.outputs.begin(), node.outputs.end(),
                     [&graph](ir::ValueId id) { return ir::is_output(graph, id); });
}

// Turns the outputs into constants in place. False if the result is not known.
bool fold_node(ir::Graph& graph, const ir::Node& node) {
  const ops::OpDef* def = ops::find(node);
  if (def == nullptr || std::count(node.outputs.begin(), node.outputs.end(), ir::kNoValue) > 0) return false;
  if (computes_output(graph, node)) return false;
  if (def->traits.depends_on_shape_only && !node.inputs.empty() &&
      !known_shape(graph.values[node.inputs[0]]).is_static())
    return false;
  const auto folded = ops::fold(*def, graph, node);
  if (!folded || !*folded) return false;
  const auto grid = ops::folded_grid(*def, graph, node);
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    ir::Value& value = graph.values[node.outputs[i]];
    value.type.shape = (**folded)[i].shape();
    value.data = std::make_shared<const Bytes>(Bytes::copy_of((**folded)[i].view().bytes));
    value.grid = grid;
  }
  return true;
}

}  // namespace

Status fold_nodes(ir::Graph& graph, bool (*wanted)(const ir::Graph&, const ir::Node&)) {
  std::vector<ir::Node> kept;
  kept.reserve(graph.nodes.size());
  for (ir::Node& node : graph.nodes) {
    if (!wanted(graph, node) || !fold_node(graph, node)) kept.push_back(std::move(node));
  }
  graph.nodes = std::move(kept);
  return {};
}

}  // namespace pestle::passes
