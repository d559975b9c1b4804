// AveragePool -> AVERAGE_POOL_2D, channels last. TFLite divides by the number of cells inside the image. Where the
// source counts otherwise the image is padded with zeros, every window is divided by its full size, and a constant per
// position makes up for the difference:
//   count_include_pad = 1: cells of explicit padding count, cells that only rounding up (ceil_mode) added do not;
//   count_include_pad = 0: only cells inside the image count.
// Over more axes than two, or dilated: axis by axis.
#include <algorithm>

#include "formats/onnx/pool.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueId> average_padded(Emitter& emit, ValueId x, const SpatialWindow& window, bool include_padding) {
  for (int64_t extent : {window.padded[0].out, window.padded[1].out}) PESTLE_TRY(check_affordable(extent));
  PESTLE_TRY(check_affordable(window.padded[0].out * window.padded[1].out));
  PESTLE_ASSIGN(x, pad_spatial(emit, x, window.padded[0], window.padded[1]));
  PESTLE_ASSIGN(const ValueId y, emit.emit("AVERAGE_POOL_2D", {x}, pool_options(window, "VALID")));
  const std::vector<int64_t> rows = counted_cells(window.axes[0], window.padded[0], include_padding);
  const std::vector<int64_t> columns = counted_cells(window.axes[1], window.padded[1], include_padding);
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

Result<ValueIds> by_builtin(NodeContext& node, const SpatialWindow& window, bool include_padding) {
  Emitter& emit = node.emit();
  PESTLE_ASSIGN(const ValueId image, with_two_spatial_axes(emit, node.input(0)));
  PESTLE_ASSIGN(const ValueId x, emit.to_channels_last(image));
  const char* padding = padding_name(window.padded[0], window.padded[1]);
  const bool has_no_padding = window.padded[0].is_valid && window.padded[1].is_valid;
  const bool is_direct = *padding != '\0' && (has_no_padding || !include_padding);
  PESTLE_ASSIGN(const ValueId y, is_direct ? emit.emit("AVERAGE_POOL_2D", {x}, pool_options(window, padding))
                                           : average_padded(emit, x, window, include_padding));
  PESTLE_ASSIGN(const ValueId result, emit.to_channels_first(y));
  return one(with_spatial_axes(emit, result, node.rank(0) - 2));
}

// Cells are counted along each axis, so the ratios of the axes multiply.
Result<ValueIds> by_axes(NodeContext& node, const Windows& windows, bool include_padding) {
  if (node.dtype(0) != DType::kFloat32) return unsupported("an average of integers");
  Formula f(node.emit());
  ValueId y = pool_axes(f, pad_axes(f, node.input(0), windows, std::nullopt), windows, PoolKind::kAverage);
  for (size_t i = 0; i < windows.axes.size(); ++i) {
    PESTLE_TRY(check_affordable(windows.padded[i].out));
    std::vector<float> ratios;
    const auto kernel = static_cast<double>(windows.axes[i].kernel);
    for (int64_t cells : counted_cells(windows.axes[i], windows.padded[i], include_padding))
      ratios.push_back(static_cast<float>(kernel / static_cast<double>(std::max<int64_t>(cells, 1))));
    if (std::all_of(ratios.begin(), ratios.end(), [](float ratio) { return ratio == 1; })) continue;
    Shape row(std::vector<int64_t>(windows.axes.size() - i, 1));
    row[0] = windows.padded[i].out;
    y = f.mul(y, node.emit().floats(row, ratios));
  }
  return f.result(y);
}

Result<ValueIds> map(NodeContext& node) {
  PESTLE_ASSIGN(const Windows windows, read_pool_windows(node));
  const bool include_padding = node.integer("count_include_pad", 0) != 0;
  const auto native = native_window(windows);
  return native ? by_builtin(node, *native, include_padding) : by_axes(node, windows, include_padding);
}

}  // namespace

const Mapping& map_average_pool() {
  static const Mapping mapping = {{"AveragePool"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
