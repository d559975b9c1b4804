// AveragePool -> AVERAGE_POOL_2D, channels last. TFLite divides by the number of cells inside the image. Where the
// source counts otherwise the image is padded with zeros, every window is divided by its full size, and a constant per
// position makes up for the difference:
//   count_include_pad = 1: cells of explicit padding count, cells that only rounding up (ceil_mode) added do not;
//   count_include_pad = 0: only cells inside the image count.
#include "formats/onnx/window.h"

namespace pestle::formats::onnx {
namespace {

// Cells that each position counts along one axis.
std::vector<int64_t> counts(const WindowAxis& axis, const PaddedAxis& padded, bool include_padding) {
  std::vector<int64_t> result(padded.out);
  const int64_t low = include_padding ? -axis.begin : 0;
  const int64_t high = axis.in + (include_padding ? axis.end : 0);
  for (int64_t o = 0; o < padded.out; ++o) {
    const int64_t first = o * axis.stride - axis.begin;
    result[o] = std::min(first + axis.kernel, high) - std::max(first, low);
  }
  return result;
}

Result<ValueId> average_padded(Emitter& emit, ValueId x, const SpatialWindow& window, bool include_padding) {
  for (int64_t extent : {window.padded[0].out, window.padded[1].out}) PESTLE_TRY(check_affordable(extent));
  PESTLE_TRY(check_affordable(window.padded[0].out * window.padded[1].out));
  PESTLE_ASSIGN(x, pad_spatial(emit, x, window.padded[0], window.padded[1]));
  PESTLE_ASSIGN(const ValueId y, emit.emit("AVERAGE_POOL_2D", {x}, pool_options(window, "VALID")));
  const std::vector<int64_t> rows = counts(window.axes[0], window.padded[0], include_padding);
  const std::vector<int64_t> columns = counts(window.axes[1], window.padded[1], include_padding);
  const int64_t cells = window.axes[0].kernel * window.axes[1].kernel;
  std::vector<float> ratios;
  bool is_one = true;
  for (int64_t r : rows) {
    for (int64_t c : columns) {
      ratios.push_back(static_cast<float>(static_cast<double>(cells) / static_cast<double>(r * c)));
      is_one = is_one && r * c == cells;
    }
  }
  if (is_one) return y;
  return emit.emit("MUL", {y, emit.floats({1, window.padded[0].out, window.padded[1].out, 1}, ratios)});
}

Result<ValueIds> map(NodeContext& node) {
  Emitter& emit = node.emit();
  PESTLE_ASSIGN(const ValueId image, with_two_spatial_axes(emit, node.input(0)));
  PESTLE_ASSIGN(const SpatialWindow window, read_pool_window(node, emit.shape(image)));
  PESTLE_ASSIGN(const ValueId x, emit.to_channels_last(image));
  const bool include_padding = node.integer("count_include_pad", 0) != 0;
  const char* padding = padding_name(window.padded[0], window.padded[1]);
  const bool has_no_padding = window.padded[0].is_valid && window.padded[1].is_valid;
  const bool is_direct = *padding != '\0' && (has_no_padding || !include_padding);
  PESTLE_ASSIGN(const ValueId y, is_direct ? emit.emit("AVERAGE_POOL_2D", {x}, pool_options(window, padding))
                                           : average_padded(emit, x, window, include_padding));
  PESTLE_ASSIGN(const ValueId result, emit.to_channels_first(y));
  return one(with_spatial_axes(emit, result, node.rank(0) - 2));
}

}  // namespace

const Mapping& map_average_pool() {
  static const Mapping mapping = {{"AveragePool"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
