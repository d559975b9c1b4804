// Conv -> [PAD] CONV_2D or DEPTHWISE_CONV_2D, channels last. Weights O,I/g,H,W -> O,H,W,I/g; depthwise (one input
// channel a group): C*m,1,H,W -> 1,H,W,C*m. One spatial axis: a unit axis is put in front of it. Three: CONV_3D, one
// for every group, with weights D,H,W,I/g,O/g.
#include <fmt/core.h>

#include "formats/onnx/pool.h"
#include "formats/onnx/window.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueId> convolve(NodeContext& node, ValueId x, ValueId weights, const SpatialWindow& window, int64_t groups) {
  Emitter& emit = node.emit();
  const bool is_depthwise = groups > 1 && groups == emit.shape(x)[1];
  const int64_t multiplier = emit.shape(weights)[0] / groups;
  PESTLE_ASSIGN(x, emit.to_channels_last(x));
  PESTLE_ASSIGN(const char* padding, pad_for(emit, window, x));
  const std::vector<int64_t> order = is_depthwise ? std::vector<int64_t>{1, 2, 3, 0} : std::vector<int64_t>{0, 2, 3, 1};
  PESTLE_ASSIGN(const ValueId filter, emit.transpose(weights, order));
  std::vector<Property> options = {{"padding", padding},
                                   {"stride_h", window.axes[0].stride},
                                   {"stride_w", window.axes[1].stride},
                                   {"dilation_h_factor", window.axes[0].dilation},
                                   {"dilation_w_factor", window.axes[1].dilation}};
  if (is_depthwise) options.push_back({"depth_multiplier", multiplier});
  const char* op = is_depthwise ? "DEPTHWISE_CONV_2D" : "CONV_2D";
  PESTLE_ASSIGN(const ValueId bias, bias_or_zeros(node, 2, emit.shape(weights)[0]));
  PESTLE_ASSIGN(const ValueId y, emit.emit(op, {x, filter, bias}, std::move(options)));
  return emit.to_channels_first(y);
}

Result<ValueIds> convolve_volume(NodeContext& node, int64_t groups) {
  constexpr int64_t kMostGroups = 64;
  if (groups > kMostGroups) return unsupported(fmt::format("a convolution of volumes in {} groups", groups));
  const Shape weights = node.shape(1);
  PESTLE_ASSIGN(const Windows windows, read_windows(node, {weights[2], weights[3], weights[4]}));
  PESTLE_ASSIGN(const ValueId bias, bias_or_zeros(node, 2, weights[0]));
  Formula f(node.emit());
  const ValueId x = f.transpose(pad_axes(f, node.input(0), windows, std::nullopt), {0, 2, 3, 4, 1});
  const ValueId filter = f.transpose(node.input(1), {2, 3, 4, 1, 0});
  const int64_t in = weights[1], out = weights[0] / groups;
  ValueIds parts;
  for (int64_t g = 0; g < groups; ++g) {
    const ValueIds operands = {f.slice(x, 4, g * in, in), f.slice(filter, 4, g * out, out),
                               f.slice(bias, 0, g * out, out)};
    parts.push_back(f.op("CONV_3D", operands, volume_options(windows)));
  }
  return f.result(f.transpose(f.concat(parts, 4), {0, 4, 1, 2, 3}));
}

Result<ValueIds> map(NodeContext& node) {
  const int rank = node.rank(0);
  const int64_t groups = node.integer("group", 1);
  if (rank < 3 || rank > 5) return unsupported("only one to three spatial axes are supported");
  if (node.rank(1) != rank || groups < 1 || node.shape(1)[0] % groups != 0) {
    return fail(ErrorCode::kInvalidModel, "its weights do not fit its input");
  }
  if (node.shape(0)[1] != node.shape(1)[1] * groups) {
    return fail(ErrorCode::kInvalidModel, "its weights are for another number of channels");
  }
  if (rank == 5) return convolve_volume(node, groups);
  PESTLE_ASSIGN(const ValueId x, with_two_spatial_axes(node.emit(), node.input(0)));
  PESTLE_ASSIGN(const ValueId weights, with_two_spatial_axes(node.emit(), node.input(1)));
  PESTLE_ASSIGN(const SpatialWindow window, read_window(node, node.shape(1)));
  PESTLE_ASSIGN(const ValueId y, convolve(node, x, weights, window, groups));
  return one(with_spatial_axes(node.emit(), y, rank - 2));
}

}  // namespace

const Mapping& map_conv() {
  static const Mapping mapping = {{"Conv"}, 2, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
