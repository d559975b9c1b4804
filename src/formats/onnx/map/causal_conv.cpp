// CausalConvWithState: every channel is convolved by itself, over what came before (a state, or zeros) and the input.
// The last elements of both are the next state.
#include <algorithm>

#include "formats/core/formula.h"
#include "formats/onnx/window.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  const Shape x = node.shape(0), weights = node.shape(1);
  if (x.rank() != 3 || weights.rank() != 3 || weights[0] != x[1] || weights[1] != 1 || weights[2] < 1 || x[1] < 1)
    return fail(ErrorCode::kInvalidModel, "its weights do not fit its input");
  const std::string activation = node.text("activation", "none");
  if (activation != "none" && activation != "silu" && activation != "swish")
    return unsupported("the activation \"" + activation + "\"");
  const int64_t batch = x[0], channels = x[1], length = x[2], before = weights[2] - 1;
  if (node.has(3) && !(node.shape(3) == Shape{batch, channels, before}))
    return fail(ErrorCode::kInvalidModel, "its state does not fit its input");
  Formula f(node.emit());
  ValueId all = node.input(0);
  if (before > 0 && node.has(3)) {
    all = f.concat({node.input(3), all}, 2);
  } else if (before > 0) {
    const std::vector<int32_t> pairs = {0, 0, 0, 0, static_cast<int32_t>(std::min<int64_t>(before, 1 << 24)), 0};
    all = f.op("PAD", {all, f.emit().constant({DType::kInt32, {3, 2}, std::as_bytes(std::span(pairs))})});
  }
  PESTLE_ASSIGN(const ValueId bias, bias_or_zeros(node, 2, channels));
  const ValueId image = f.reshape(f.transpose(all, {0, 2, 1}), {batch, 1, before + length, channels});
  const ValueId filter = f.reshape(f.transpose(node.input(1), {1, 2, 0}), {1, 1, weights[2], channels});
  const ValueId sums = f.op(
      "DEPTHWISE_CONV_2D", {image, filter, bias},
      {{"padding", "VALID"}, {"stride_h", int64_t{1}}, {"stride_w", int64_t{1}}, {"depth_multiplier", int64_t{1}}});
  ValueId y = f.transpose(f.reshape(sums, {batch, length, channels}), {0, 2, 1});
  if (activation != "none") y = f.mul(y, f.op("LOGISTIC", {y}));
  if (!node.wants_output(1)) return f.result(y);
  return f.result({y, f.slice(all, 2, length, before)});
}

}  // namespace

const Mapping& map_causal_conv() {
  static const Mapping mapping = {{"CausalConvWithState"}, 2, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
