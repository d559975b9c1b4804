// MaxPool -> [PAD or PADV2] MAX_POOL_2D, channels last; over more axes or dilated: axis by axis. Padding never wins a
// maximum. Where the places of the maxima are wanted, every tap of the window is compared with the best before it.
#include <limits>

#include "formats/onnx/pool.h"

namespace pestle::formats::onnx {
namespace {

constexpr float kLowest = std::numeric_limits<float>::lowest();

Result<ValueIds> by_builtin(NodeContext& node, const SpatialWindow& window) {
  Emitter& emit = node.emit();
  PESTLE_ASSIGN(const ValueId image, with_two_spatial_axes(emit, node.input(0)));
  PESTLE_ASSIGN(ValueId x, emit.to_channels_last(image));
  const char* padding = padding_name(window.padded[0], window.padded[1]);
  if (*padding == '\0') {
    PESTLE_ASSIGN(x, pad_spatial_lowest(emit, x, window.padded[0], window.padded[1]));
    padding = "VALID";
  }
  PESTLE_ASSIGN(const ValueId y, emit.emit("MAX_POOL_2D", {x}, pool_options(window, padding)));
  PESTLE_ASSIGN(const ValueId result, emit.to_channels_first(y));
  return one(with_spatial_axes(emit, result, node.rank(0) - 2));
}

// Small integers are padded with the least float that all of them exceed, and computed as floats, which hold them.
Result<ValueIds> by_axes(NodeContext& node, const Windows& windows) {
  Formula f(node.emit());
  const DType dtype = node.dtype(0);
  if (dtype != DType::kFloat32 && computed_type(dtype) != DType::kInt32)
    return unsupported("a maximum of wide integers");
  const ValueId x = pad_axes(f, f.cast(node.input(0), DType::kFloat32), windows, kLowest);
  return f.result(f.cast(pool_axes(f, x, windows, PoolKind::kMaximum), dtype));
}

// Places within one channel, of one tap, at all positions in row-major order; those in the padding do not matter.
std::vector<int32_t> places_of_tap(const Windows& windows, const std::vector<int64_t>& tap, bool columns_first) {
  std::vector<int32_t> places = {0};
  int64_t step = 1;
  std::vector<int64_t> steps(tap.size());
  for (size_t i = 0; i < tap.size(); ++i) {
    const size_t axis = columns_first ? i : tap.size() - 1 - i;
    steps[axis] = step;
    step *= windows.axes[axis].in;
  }
  for (size_t axis = 0; axis < tap.size(); ++axis) {
    const WindowAxis& window = windows.axes[axis];
    std::vector<int32_t> next;
    for (int32_t before : places) {
      for (int64_t o = 0; o < windows.padded[axis].out; ++o) {
        const int64_t place = o * window.stride - window.begin + tap[axis] * window.dilation;
        next.push_back(before + static_cast<int32_t>(std::clamp<int64_t>(place, 0, window.in - 1) * steps[axis]));
      }
    }
    places = std::move(next);
  }
  return places;
}

struct Best {
  ValueId value = ir::kNoValue, place = ir::kNoValue;
};

Result<ValueIds> with_places(NodeContext& node, const Windows& windows) {
  constexpr int64_t kMostTaps = 64;
  int64_t taps = 1, positions = 1;
  for (size_t i = 0; i < windows.axes.size(); ++i) {
    PESTLE_TRY(check_affordable(windows.axes[i].kernel));
    PESTLE_TRY(check_affordable(taps *= windows.axes[i].kernel));
    PESTLE_TRY(check_affordable(windows.padded[i].out));
    PESTLE_TRY(check_affordable(positions *= windows.padded[i].out));
  }
  PESTLE_TRY(check_affordable(taps * positions));
  const Shape shape = node.shape(0);
  const int64_t planes = shape[0] * shape[1];
  PESTLE_TRY(check_affordable(planes));
  if (taps > kMostTaps) return unsupported("the places of maxima in windows of more than 64 elements");
  if (shape.elements() > std::numeric_limits<int32_t>::max()) return unsupported("places beyond int32");
  if (shape.rank() > 5 || node.dtype(0) != DType::kFloat32) return unsupported("the places of maxima of this input");
  const bool columns_first = node.integer("storage_order", 0) != 0;
  Formula f(node.emit());
  const ValueId x = pad_axes(f, node.input(0), windows, kLowest);
  Best best;
  Shape out{shape[0], shape[1]};
  for (const PaddedAxis& axis : windows.padded) out.push_back(axis.out);
  for (int64_t number = 0; number < taps && !f.failed(); ++number) {
    std::vector<int64_t> tap(windows.axes.size());
    int64_t rest = number;
    for (size_t i = tap.size(); i-- > 0; rest /= windows.axes[i].kernel) tap[i] = rest % windows.axes[i].kernel;
    ValueId here = x;
    for (size_t i = 0; i < tap.size(); ++i) {
      const WindowAxis& window = windows.axes[i];
      here = every(f, here, 2 + static_cast<int>(i), tap[i] * window.dilation, windows.padded[i].out, window.stride);
    }
    here = f.reshape(here, {planes, positions});
    const std::vector<int32_t> places = places_of_tap(windows, tap, columns_first);
    const ValueId place = f.emit().constant({DType::kInt32, {1, positions}, std::as_bytes(std::span(places))});
    best = number == 0 ? Best{here, place}
                       : Best{f.op("MAXIMUM", {best.value, here}),
                              f.select(f.op("GREATER", {here, best.value}), place, best.place)};
  }
  std::vector<int32_t> offsets(static_cast<size_t>(planes));
  for (size_t i = 0; i < offsets.size(); ++i)
    offsets[i] = static_cast<int32_t>(static_cast<int64_t>(i) * (shape.elements() / planes));
  const ValueId offset = f.emit().constant({DType::kInt32, {planes, 1}, std::as_bytes(std::span(offsets))});
  const ValueId place = f.reshape(f.add(best.place, offset), out);
  return f.result({f.reshape(best.value, out), f.cast(place, DType::kInt64)});
}

Result<ValueIds> map(NodeContext& node) {
  PESTLE_ASSIGN(const Windows windows, read_pool_windows(node));
  if (node.wants_output(1)) return with_places(node, windows);
  const auto native = native_window(windows);
  return native ? by_builtin(node, *native) : by_axes(node, windows);
}

}  // namespace

const Mapping& map_max_pool() {
  static const Mapping mapping = {{"MaxPool"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
