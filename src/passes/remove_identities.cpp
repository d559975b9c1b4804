//   x -> node -> y with y = x      =>      x
// by the operator's own word (OpDef::passes_on: RESHAPE to the same shape, PAD by nothing, ...), and arithmetic with
// constants that change nothing (MUL by 1, ADD of 0, ...). A graph output that would be a graph input keeps its node.
#include <algorithm>

#include "ops/core/fused_activation.h"
#include "ops/core/registry.h"
#include "passes/core/affine.h"
#include "passes/core/edit.h"
#include "passes/passes.h"

namespace pestle::passes {
namespace {

bool all_equal(const std::vector<float>& values, float wanted) {
  return std::all_of(values.begin(), values.end(), [wanted](float v) { return v == wanted; });
}

// What arithmetic with 1 or 0 passes on, or kNoValue.
ir::ValueId unchanged_operand(const ir::Graph& graph, const ir::Node& node) {
  if (ops::kFusedActivation(node) != ops::FusedActivation::kNone) return ir::kNoValue;
  const auto affine = affine_of(graph, node);
  if (!affine || affine->negates) return ir::kNoValue;
  return all_equal(affine->factor, 1.0f) && all_equal(affine->offset, 0.0f) ? affine->x : ir::kNoValue;
}

ir::ValueId identity_operand(const ir::Graph& graph, const ir::Node& node) {
  const ops::OpDef* def = ops::find(node);
  if (def == nullptr || node.outputs.size() != 1 || !has_input(node, 0)) return ir::kNoValue;
  return ops::passes_on(*def, {graph, node}) ? node.inputs[0] : unchanged_operand(graph, node);
}

// A copy keeps the number of elements: where all extents agree but one, which is not known on one side, that one
// agrees.
bool is_same_reshaped(const Shape& from, const Shape& to) {
  if (from.rank() != to.rank()) return false;
  int unknown = 0;
  for (int axis = 0; axis < from.rank(); ++axis) {
    if (from[axis] == to[axis] && from[axis] > 0) continue;
    if (from[axis] != kUnknown && to[axis] != kUnknown) return false;
    ++unknown;
  }
  return unknown <= 1;
}

bool remove_identity(ir::Rewriter& rewriter, const ir::Node& node) {
  const ir::Graph& graph = rewriter.graph();
  const ir::ValueId x = identity_operand(graph, node);
  if (x == ir::kNoValue) return false;
  const ir::Value& from = graph.values[x];
  const ir::Value& to = graph.values[node.outputs[0]];
  if (!(from.type == to.type)) return false;
  const bool same = ops::traits_of(node).is_copy ? is_same_reshaped(known_shape(from), known_shape(to))
                                                 : is_same_shape(known_shape(from), known_shape(to));
  if (!same) return false;
  return replace_node(rewriter, node, x);
}

}  // namespace

Status remove_identities(ir::Module& module, PassContext&) {
  for (ir::Graph& graph : module.graphs) {
    ir::Rewriter rewriter(graph);
    for (ir::Node& node : rewriter.take_nodes()) {
      for (ir::ValueId& id : node.inputs) id = rewriter.resolve(id);
      if (!remove_identity(rewriter, node)) rewriter.emit(std::move(node));
    }
    rewriter.finish();
  }
  return {};
}

}  // namespace pestle::passes
