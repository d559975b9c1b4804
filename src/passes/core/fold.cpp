#include "passes/core/fold.h"

#include <algorithm>

#include "ops/core/builder.h"
#include "ops/core/registry.h"
#include "passes/core/edit.h"

namespace pestle::passes {
namespace {

bool reads_shape_only(const ir::Node& node) {
  const ops::OpDef* def = ops::find(node);
  return def != nullptr && def->traits.depends_on_shape_only;
}

// Values that follow from shapes of values that are no constants, and from nothing else that is none.
std::vector<bool> made_of_shapes(const ir::Graph& graph) {
  std::vector<bool> made(graph.values.size());
  for (const ir::Node& node : graph.nodes) {
    bool all = true, any = reads_shape_only(node);
    for (ir::ValueId id : node.inputs) {
      if (any || id == ir::kNoValue || graph.values[id].is_constant()) continue;
      all = all && made[id];
    }
    for (ir::ValueId id : node.inputs) any = any || (id != ir::kNoValue && made[id]);
    for (ir::ValueId id : node.outputs) {
      if (id != ir::kNoValue) made[id] = all && any;
    }
  }
  return made;
}

// Those of them that graph outputs are, or are made of.
std::vector<bool> shown_shapes(const ir::Graph& graph) {
  const std::vector<bool> made = made_of_shapes(graph);
  std::vector<bool> shown(graph.values.size());
  for (ir::ValueId id : graph.outputs) shown[id] = made[id];
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    const bool is_shown = std::any_of(node->outputs.begin(), node->outputs.end(),
                                      [&](ir::ValueId id) { return id != ir::kNoValue && shown[id]; });
    if (!is_shown) continue;
    for (ir::ValueId id : node->inputs) {
      if (id != ir::kNoValue && made[id]) shown[id] = true;
    }
  }
  return shown;
}

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
  const std::vector<bool> shown = shown_shapes(graph);
  const auto is_shown = [&](const ir::Node& node) {
    return !node.outputs.empty() && node.outputs[0] != ir::kNoValue && shown[node.outputs[0]];
  };
  std::vector<ir::Node> kept;
  kept.reserve(graph.nodes.size());
  for (ir::Node& node : graph.nodes) {
    if (is_shown(node) || !wanted(graph, node) || !fold_node(graph, node)) kept.push_back(std::move(node));
  }
  graph.nodes = std::move(kept);
  return {};
}

}  // namespace pestle::passes
