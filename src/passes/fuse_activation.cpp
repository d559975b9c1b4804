//   node -> RELU | RELU6 | RELU_N1_TO_1 -> y      =>      node (fused_activation_function) -> y
// where the node applies activations, computes float32 and nobody else reads its result.
#include <algorithm>

#include "ops/core/fused_activation.h"
#include "ops/core/registry.h"
#include "passes/core/edit.h"
#include "passes/passes.h"

namespace pestle::passes {
namespace {

using ops::FusedActivation;

// The activation that has the bounds of an operator which is nothing but a range of values.
FusedActivation activation_of(const ir::Node& node) {
  const auto clamps = ops::traits_of(node).clamps;
  if (!clamps) return FusedActivation::kNone;
  for (FusedActivation activation : {FusedActivation::kRelu, FusedActivation::kReluN1To1, FusedActivation::kRelu6}) {
    const ops::FloatRange range = ops::float_range(activation);
    if (range.low == clamps->low && range.high == std::min(clamps->high, ops::FloatRange{}.high)) return activation;
  }
  return FusedActivation::kNone;
}

bool can_fuse(const ir::Graph& graph, const ir::Node& node) {
  return ops::traits_of(node).applies_activation && ops::kFusedActivation(node) == FusedActivation::kNone &&
         is_unquantized(graph, node) && graph.values[node.outputs[0]].type.dtype == DType::kFloat32;
}

bool fuse(ir::Rewriter& rewriter, const ir::Node& node) {
  const FusedActivation activation = activation_of(node);
  if (activation == FusedActivation::kNone) return false;
  const ir::ValueId x = rewriter.resolve(node.inputs[0]);
  ir::Node* producer = rewriter.producer(x);
  if (producer == nullptr || rewriter.uses(x) != 1 || !can_fuse(rewriter.graph(), *producer)) return false;
  ops::kFusedActivation.set(*producer, activation);
  if (fuse_node(rewriter, node, x)) return true;
  ops::kFusedActivation.set(*producer, FusedActivation::kNone);
  return false;
}

}  // namespace

Status fuse_activation(ir::Module& module, PassContext&) {
  for (ir::Graph& graph : module.graphs) {
    ir::Rewriter rewriter(graph);
    for (ir::Node& node : rewriter.take_nodes()) {
      if (!fuse(rewriter, node)) rewriter.emit(std::move(node));
    }
    rewriter.finish();
  }
  return {};
}

}  // namespace pestle::passes
