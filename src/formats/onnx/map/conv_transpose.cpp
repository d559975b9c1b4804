// ConvTranspose -> TRANSPOSE_CONV, channels last, with padding VALID: the full result of (in - 1) * stride + kernel
// cells (at least; output_padding adds cells that no input reaches) is cut to what the padding leaves. Weights I,O,H,W
// -> O,H,W,I.
#include <fmt/core.h>

#include "formats/onnx/window.h"

namespace pestle::formats::onnx {
namespace {

// One axis of the result: `full` cells are computed, `out` of them from `begin` on are kept.
struct Cut {
  int64_t full = 0, begin = 0, out = 0;
};

Result<Cut> cut_axis(NodeContext& node, int axis, int64_t in, int64_t kernel, int64_t stride) {
  const std::string mode = node.text("auto_pad", "NOTSET");
  PESTLE_ASSIGN(const auto extra, spatial_attribute(node, "output_padding", 0));
  const auto pads = node.integers("pads", {0, 0, 0, 0});
  const auto wanted = node.integers("output_shape");
  constexpr int64_t kLargest = 1 << 24;
  for (int64_t cells : {kernel, stride, in}) {
    if (cells < 1 || cells > kLargest) return fail(ErrorCode::kInvalidModel, "its window is absurd");
  }
  if (extra[axis] < 0 || extra[axis] > kLargest || pads.size() != 4)
    return fail(ErrorCode::kInvalidModel, "its padding is absurd");
  Cut cut;
  cut.full = (in - 1) * stride + kernel;
  const bool is_same = mode == "SAME_UPPER" || mode == "SAME_LOWER";
  if (!wanted.empty() || is_same) {
    if (!wanted.empty() && wanted.size() < 2)
      return fail(ErrorCode::kInvalidModel, "its output_shape has the wrong length");
    cut.out = wanted.empty() ? in * stride : wanted[wanted.size() - 2 + axis];
    const int64_t total = cut.full + extra[axis] - cut.out;
    cut.begin =
        mode == "SAME_UPPER" ? total / 2 : total - total / 2;  // the odd cell is cut at the start, but for SAME_UPPER
  } else {
    cut.begin = mode == "VALID" ? 0 : pads[axis];
    cut.out = cut.full + extra[axis] - cut.begin - (mode == "VALID" ? 0 : pads[2 + axis]);
  }
  if (cut.begin < 0 || cut.out < 1 || cut.out > kLargest) return unsupported("its padding enlarges the result");
  cut.full = std::max(cut.full, cut.begin + cut.out);
  if (cut.full >= (in - 1) * stride + kernel + stride) return unsupported("its output_padding is not below its stride");
  return cut;
}

Result<ValueIds> map(NodeContext& node) {
  if (node.rank(0) != 4 || node.rank(1) != 4) return unsupported("only two spatial axes are supported");
  if (node.integer("group", 1) != 1) return unsupported("TFLite has no grouped TRANSPOSE_CONV");
  PESTLE_ASSIGN(const auto dilations, spatial_attribute(node, "dilations", 1));
  if (dilations[0] != 1 || dilations[1] != 1) return unsupported("TFLite has no dilated TRANSPOSE_CONV");
  PESTLE_ASSIGN(const auto strides, spatial_attribute(node, "strides", 1));
  const Shape image = node.shape(0);
  const Shape kernel = node.shape(1);
  PESTLE_ASSIGN(const Cut rows, cut_axis(node, 0, image[2], kernel[2], strides[0]));
  PESTLE_ASSIGN(const Cut columns, cut_axis(node, 1, image[3], kernel[3], strides[1]));
  Emitter& emit = node.emit();
  PESTLE_ASSIGN(const ValueId x, emit.to_channels_last(node.input(0)));
  PESTLE_ASSIGN(const ValueId filter, emit.transpose(node.input(1), {1, 2, 3, 0}));
  PESTLE_ASSIGN(const ValueId bias, bias_or_zeros(node, 2, kernel[1]));
  const std::vector<int64_t> full = {image[0], rows.full, columns.full, kernel[1]};
  std::vector<Property> options = {{"padding", "VALID"}, {"stride_h", strides[0]}, {"stride_w", strides[1]}};
  PESTLE_ASSIGN(ValueId y, emit.emit("TRANSPOSE_CONV", {emit.ints(full), filter, x, bias}, std::move(options)));
  const std::vector<int64_t> kept = {image[0], rows.out, columns.out, kernel[1]};
  if (kept != full) {
    PESTLE_ASSIGN(
        y, emit.emit("SLICE", {y, emit.ints(std::vector<int64_t>{0, rows.begin, columns.begin, 0}), emit.ints(kept)}));
  }
  return one(emit.to_channels_first(y));
}

}  // namespace

const Mapping& map_conv_transpose() {
  static const Mapping mapping = {{"ConvTranspose"}, 2, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
