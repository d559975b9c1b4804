//   x -> node -> y with y = x      =>      x
// RESHAPE to the same shape, TRANSPOSE in order (or of axes of extent 1 only), MUL and DIV by 1, ADD and SUB of 0, PAD
// by nothing, CONCATENATION of one, CAST to the same type. A graph output that would be a graph input keeps its node.
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

bool keeps_order(const ir::Graph& graph, const ir::Node& node) {
  const auto permutation = int_constant(graph, node.inputs[1]);
  if (!permutation) return false;
  const Shape x = known_shape(graph.values[node.inputs[0]]);
  std::vector<int64_t> order;  // of the axes that are not of extent 1
  for (int64_t axis : *permutation) {
    if (x[static_cast<int>(axis < 0 ? axis + x.rank() : axis)] != 1) order.push_back(axis < 0 ? axis + x.rank() : axis);
  }
  return std::is_sorted(order.begin(), order.end());
}

bool pads_nothing(const ir::Graph& graph, const ir::Node& node) {
  const auto pads = int_constant(graph, node.inputs[1]);
  return pads && std::all_of(pads->begin(), pads->end(), [](int64_t cells) { return cells == 0; });
}

ir::ValueId identity_operand(const ir::Graph& graph, const ir::Node& node) {
  if (node.outputs.size() != 1 || !has_input(node, 0)) return ir::kNoValue;
  const std::string& op = node.op;
  const bool passes_on =
      op == "RESHAPE" || op == "CAST" || op == "SQUEEZE" || (op == "TRANSPOSE" && keeps_order(graph, node)) ||
      (op == "CONCATENATION" && node.inputs.size() == 1) || (op == "PAD" && pads_nothing(graph, node));
  return passes_on ? node.inputs[0] : unchanged_operand(graph, node);
}

// RESHAPE keeps the number of elements: where all extents agree but one, which is not known on one side, that one
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
  const bool same = node.is("RESHAPE") ? is_same_reshaped(known_shape(from), known_shape(to))
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
