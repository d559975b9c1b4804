//   node -> RELU | RELU6 | RELU_N1_TO_1 -> y      =>      node (fused_activation_function) -> y
// where the node has the property, computes float32 and nobody else reads its result.
#include <algorithm>

#include "ops/core/fused_activation.h"
#include "ops/core/registry.h"
#include "passes/core/edit.h"
#include "passes/passes.h"

namespace pestle::passes {
namespace {

using ops::FusedActivation;

// Operators that have the property and apply it to their result. CONCATENATION has it and no kernel that applies it;
// in recurrent operators it means something else.
constexpr std::string_view kFusing[] = {"ADD", "AVERAGE_POOL_2D", "CONV_2D",    "CONV_3D",     "DEPTHWISE_CONV_2D",
                                        "DIV", "FULLY_CONNECTED", "L2_POOL_2D", "MAX_POOL_2D", "MUL",
                                        "SUB", "TRANSPOSE_CONV"};

FusedActivation activation_of(const ir::Node& node) {
  if (node.is("RELU")) return FusedActivation::kRelu;
  if (node.is("RELU6")) return FusedActivation::kRelu6;
  if (node.is("RELU_N1_TO_1")) return FusedActivation::kReluN1To1;
  return FusedActivation::kNone;
}

bool can_fuse(const ir::Graph& graph, const ir::Node& node) {
  const ops::OpDef* def = ops::find(node);
  if (def == nullptr || !has_option(*def, ops::kFusedActivation.name)) return false;
  if (std::find(std::begin(kFusing), std::end(kFusing), node.op) == std::end(kFusing)) return false;
  return ops::kFusedActivation(node) == FusedActivation::kNone && is_unquantized(graph, node) &&
         graph.values[node.outputs[0]].type.dtype == DType::kFloat32;
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
