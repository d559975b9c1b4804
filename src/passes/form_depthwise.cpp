//   CONV_2D(x, filter [O,KH,KW,1]) with C groups      =>      DEPTHWISE_CONV_2D(x, filter [1,KH,KW,O])
// Output channel o reads input channel o / (O / C) under both. Every runtime has the latter; grouped CONV_2D is rare.
#include "ops/core/option.h"
#include "passes/core/edit.h"
#include "passes/core/linear.h"
#include "passes/passes.h"

namespace pestle::passes {
namespace {

constexpr ops::IntOption kDepthMultiplier{"depth_multiplier", 0};

bool is_depthwise(const ir::Graph& graph, const ir::Node& node) {
  if (!node.is("CONV_2D") || !linear_of(graph, node)) return false;
  const Shape& x = graph.values[node.inputs[0]].type.shape;
  return graph.values[node.inputs[1]].type.shape[3] == 1 && x[3] > 1;
}

void make_depthwise(ir::Rewriter& rewriter, ir::Node& node) {
  const ir::Value& filter = rewriter.graph().values[node.inputs[1]];
  const Shape w = filter.type.shape;
  const std::vector<float> old = *float_constant(rewriter.graph(), node.inputs[1]);
  const int64_t channels = w[0], taps = w[1] * w[2];
  std::vector<float> moved(old.size());
  for (int64_t o = 0; o < channels; ++o) {
    for (int64_t k = 0; k < taps; ++k) moved[k * channels + o] = old[o * taps + k];
  }
  node.inputs[1] = add_floats(rewriter, std::string(filter.name), {1, w[1], w[2], channels}, moved);
  node.op = "DEPTHWISE_CONV_2D";
  node.version = 0;
  node.options_record.clear();
  node.attributes.erase("quantized_bias_type");
  kDepthMultiplier.set(node, channels / rewriter.graph().values[node.inputs[0]].type.shape[3]);
}

}  // namespace

Status form_depthwise(ir::Module& module, PassContext&) {
  for (ir::Graph& graph : module.graphs) {
    ir::Rewriter rewriter(graph);
    for (ir::Node& node : rewriter.take_nodes()) {
      if (is_depthwise(graph, node)) make_depthwise(rewriter, node);
      rewriter.emit(std::move(node));
    }
    rewriter.finish();
  }
  return {};
}

}  // namespace pestle::passes
