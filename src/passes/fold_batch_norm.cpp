//   conv -> MUL(factor) -> ADD(offset) -> y      =>      conv(filter * factor, bias * factor + offset) -> y
// and DIV and SUB likewise: what is left of a batch norm, of a scale layer, of a bias that was a node. Everything that
// multiplies by constant weights and adds a bias takes part (core/linear.h); constants are scalars or per channel. The
// activation fused into the arithmetic moves along.
#include "ops/core/fused_activation.h"
#include "passes/core/affine.h"
#include "passes/core/edit.h"
#include "passes/core/linear.h"
#include "passes/passes.h"

namespace pestle::passes {
namespace {

void scale_filter(ir::Rewriter& rewriter, ir::Node& node, const Linear& linear, const Affine& affine) {
  const ir::Graph& graph = rewriter.graph();
  const ir::ValueId id = node.inputs[linear.filter];
  std::vector<float> w = *float_constant(graph, id);
  const int64_t inner = inner_elements(graph.values[id].type.shape, linear.channel_axis);
  for (size_t i = 0; i < w.size(); ++i) {
    const int64_t channel = static_cast<int64_t>(i) / inner % linear.channels;
    if (affine.negates) {
      w[i] = -w[i];
    } else {
      w[i] = affine.divides ? w[i] / affine.factor[channel] : w[i] * affine.factor[channel];
    }
  }
  set_filter(rewriter, node, linear, w);
}

void change_bias(ir::Rewriter& rewriter, ir::Node& node, const Linear& linear, const Affine& affine) {
  std::vector<float> bias = bias_of(rewriter.graph(), node, linear);
  for (size_t c = 0; c < bias.size(); ++c) {
    if (!affine.factor.empty()) bias[c] = affine.divides ? bias[c] / affine.factor[c] : bias[c] * affine.factor[c];
    if (!affine.offset.empty()) bias[c] = affine.negates ? affine.offset[c] - bias[c] : bias[c] + affine.offset[c];
  }
  set_bias(rewriter, node, linear, bias);
}

// The node before that takes the arithmetic over, or null.
ir::Node* target_of(ir::Rewriter& rewriter, ir::ValueId x) {
  ir::Node* producer = rewriter.producer(x);
  if (producer == nullptr || rewriter.uses(x) != 1) return nullptr;
  return ops::kFusedActivation(*producer) == ops::FusedActivation::kNone ? producer : nullptr;
}

bool fold_into_producer(ir::Rewriter& rewriter, const ir::Node& node) {
  const auto affine = affine_of(rewriter.graph(), node);
  if (!affine) return false;
  ir::Node* producer = target_of(rewriter, affine->x);
  if (producer == nullptr) return false;
  const auto linear = linear_of(rewriter.graph(), *producer);
  if (!linear || !fuse_node(rewriter, node, affine->x)) return false;
  if (!affine->factor.empty() || affine->negates) scale_filter(rewriter, *producer, *linear, *affine);
  change_bias(rewriter, *producer, *linear, *affine);
  ops::kFusedActivation.set(*producer, ops::kFusedActivation(node));
  return true;
}

}  // namespace

Status fold_batch_norm(ir::Module& module, PassContext&) {
  for (ir::Graph& graph : module.graphs) {
    ir::Rewriter rewriter(graph);
    for (ir::Node& node : rewriter.take_nodes()) {
      for (ir::ValueId& id : node.inputs) id = rewriter.resolve(id);
      if (!fold_into_producer(rewriter, node)) rewriter.emit(std::move(node));
    }
    rewriter.finish();
  }
  return {};
}

}  // namespace pestle::passes
