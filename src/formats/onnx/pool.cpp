#include "formats/onnx/pool.h"

#include <limits>

namespace pestle::formats::onnx {
namespace {

constexpr int64_t kMostTaps = 64;  // of a dilated window along an axis: each is a node

ValueId fold(Formula& f, PoolKind kind, ValueId a, ValueId b) {
  if (a == ir::kNoValue) return b;
  return f.op(kind == PoolKind::kMaximum ? "MAXIMUM" : "ADD", {a, b});
}

// Tap by tap: the positions of each are a slice.
ValueId pool_by_taps(Formula& f, ValueId x, int axis, const WindowAxis& window, PoolKind kind) {
  if (window.kernel > kMostTaps)
    return f.fail_with({ErrorCode::kUnsupported, "a dilated or integer pool over more than 64 elements", {}, {}});
  const int64_t out = (f.shape(x)[axis] - window.reach()) / window.stride + 1;
  ValueId y = ir::kNoValue;
  for (int64_t tap = 0; tap < window.kernel && !f.failed(); ++tap)
    y = fold(f, kind, y, every(f, x, axis, tap * window.dilation, out, window.stride));
  return kind == PoolKind::kMaximum ? y : f.scale(y, 1.0f / static_cast<float>(window.kernel));
}

// An axis is the rows of an image [outer, extent, 1, inner] whose channels are all that follows.
ValueId pool_by_rows(Formula& f, ValueId x, int axis, const WindowAxis& window, PoolKind kind) {
  Shape shape = f.shape(x);
  int64_t outer = 1, inner = 1;
  for (int i = 0; i < shape.rank(); ++i) (i < axis ? outer : inner) *= i == axis ? 1 : shape[i];
  const ValueId image = f.reshape(x, {outer, shape[axis], 1, inner});
  const ValueId y = f.op(kind == PoolKind::kMaximum ? "MAX_POOL_2D" : "AVERAGE_POOL_2D", {image},
                         {{"padding", "VALID"},
                          {"stride_h", window.stride},
                          {"stride_w", int64_t{1}},
                          {"filter_height", window.kernel},
                          {"filter_width", int64_t{1}}});
  if (f.failed()) return y;
  shape[axis] = f.shape(y)[1];
  return f.reshape(y, shape);
}

}  // namespace

ValueId pad_axes(Formula& f, ValueId x, const Windows& windows, std::optional<float> value) {
  std::vector<int32_t> pairs(4, 0);
  bool changes = false;
  for (const PaddedAxis& axis : windows.padded) {
    for (int64_t cells : {axis.begin, axis.end}) {
      pairs.push_back(static_cast<int32_t>(cells));
      changes = changes || cells != 0;
    }
  }
  if (!changes || f.failed()) return x;
  const Shape table{static_cast<int64_t>(pairs.size() / 2), 2};
  const ValueId paddings = f.emit().constant({DType::kInt32, table, std::as_bytes(std::span<const int32_t>(pairs))});
  if (!value || is_nonnegative(f.emit().graph(), x)) return f.op("PAD", {x, paddings});
  return f.op("PADV2", {x, paddings, f.number(*value)});
}

ValueId every(Formula& f, ValueId x, int axis, int64_t first, int64_t count, int64_t stride) {
  if (stride == 1 || count == 1) return f.slice(x, axis, first, count);
  if (f.failed()) return x;
  const Shape shape = f.shape(x);
  std::vector<int64_t> begin(shape.rank(), 0), end(shape.begin(), shape.end()), steps(shape.rank(), 1);
  begin[axis] = first;
  end[axis] = first + (count - 1) * stride + 1;
  steps[axis] = stride;
  return f.op("STRIDED_SLICE", {x, f.ints(begin), f.ints(end), f.ints(steps)});
}

ValueId pool_axes(Formula& f, ValueId x, const Windows& windows, PoolKind kind) {
  const bool is_float = f.dtype(x) == DType::kFloat32;
  for (size_t i = 0; i < windows.axes.size(); ++i) {
    WindowAxis window = windows.axes[i];
    const int axis = 2 + static_cast<int>(i);
    if (window.dilation > 1 && window.stride % window.dilation == 0 && !f.failed()) {
      // No tap falls between the elements that lie a dilation apart.
      x = every(f, x, axis, 0, (f.shape(x)[axis] - 1) / window.dilation + 1, window.dilation);
      window.stride /= window.dilation;
      window.dilation = 1;
    }
    const bool by_taps = window.dilation != 1 || window.kernel == 1 || !is_float;
    if (window.kernel == 1 && window.stride == 1) continue;
    x = by_taps ? pool_by_taps(f, x, axis, window, kind) : pool_by_rows(f, x, axis, window, kind);
  }
  return x;
}

std::vector<int64_t> counted_cells(const WindowAxis& axis, const PaddedAxis& padded, bool include_padding) {
  std::vector<int64_t> result(static_cast<size_t>(padded.out));
  const int64_t low = include_padding ? -axis.begin : 0;
  const int64_t high = axis.in + (include_padding ? axis.end : 0);
  const auto taps_below = [&](int64_t places) {
    return std::clamp<int64_t>((places + axis.dilation - 1) / axis.dilation, 0, axis.kernel);
  };
  for (int64_t o = 0; o < padded.out; ++o) {
    const int64_t first = o * axis.stride - axis.begin;
    result[o] = taps_below(std::max<int64_t>(high - first, 0)) - taps_below(std::max<int64_t>(low - first, 0));
  }
  return result;
}

std::vector<Property> volume_options(const Windows& windows) {
  const auto& axes = windows.axes;
  return {{"padding", "VALID"},
          {"stride_d", axes[0].stride},
          {"stride_h", axes[1].stride},
          {"stride_w", axes[2].stride},
          {"dilation_d_factor", axes[0].dilation},
          {"dilation_h_factor", axes[1].dilation},
          {"dilation_w_factor", axes[2].dilation}};
}

}  // namespace pestle::formats::onnx
