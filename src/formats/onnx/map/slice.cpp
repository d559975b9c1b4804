// Slice -> SLICE, or STRIDED_SLICE where a step is not 1. Starts and ends are attributes before opset 10, then
// operands; they count from the end if negative and are clamped, as NumPy does.
#include "formats/onnx/run_time_slice.h"

namespace pestle::formats::onnx {
namespace {

using Ints = std::vector<int64_t>;

struct Ranges {
  Ints starts, ends, axes, steps;
};

Result<Ranges> read_ranges(NodeContext& node) {
  Ranges ranges;
  PESTLE_ASSIGN(const auto starts, node.integers_by_opset("starts", 1, 10));
  PESTLE_ASSIGN(const auto ends, node.integers_by_opset("ends", 2, 10));
  PESTLE_ASSIGN(const auto axes, node.integers_by_opset("axes", 3, 10));
  std::optional<Ints> steps;
  if (node.opset() >= 10) {
    PESTLE_ASSIGN(steps, node.integers_by_opset("steps", 4, 10));
  }
  if (!starts || !ends || starts->size() != ends->size())
    return fail(ErrorCode::kInvalidModel, "its starts and ends do not fit");
  Ints all(starts->size());
  for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<int64_t>(i);
  PESTLE_ASSIGN(ranges.axes, node.axes(axes.value_or(all), node.rank(0)));
  ranges.steps = steps.value_or(Ints(starts->size(), 1));
  if (ranges.axes.size() != starts->size() || ranges.steps.size() != starts->size())
    return fail(ErrorCode::kInvalidModel, "its axes do not fit");
  ranges.starts = *starts;
  ranges.ends = *ends;
  return ranges;
}

// Position along an axis, clamped to what a walk in the direction of `step` can reach.
int64_t clamped(int64_t position, int64_t extent, int64_t step) {
  if (position < 0) position = position < -extent ? -1 : position + extent;
  return step > 0 ? std::clamp<int64_t>(position, 0, extent) : std::clamp<int64_t>(position, -1, extent - 1);
}

Result<ValueIds> map(NodeContext& node) {
  if (node.opset() >= 10 && node.has(1) && node.has(2) && !(node.is_constant(1) && node.is_constant(2)))
    return slice_at_run_time(node);
  PESTLE_ASSIGN(const Ranges ranges, read_ranges(node));
  const Shape& shape = node.shape(0);
  Ints begin(shape.rank(), 0), end(shape.begin(), shape.end()), steps(shape.rank(), 1);
  int64_t end_mask = 0;
  for (size_t i = 0; i < ranges.axes.size(); ++i) {
    const auto axis = static_cast<int>(ranges.axes[i]);
    const int64_t step = ranges.steps[i];
    if (step == 0) return fail(ErrorCode::kInvalidModel, "has a step of 0");
    steps[axis] = step;
    begin[axis] = clamped(ranges.starts[i], shape[axis], step);
    end[axis] = clamped(ranges.ends[i], shape[axis], step);
    if (step < 0 && begin[axis] < 0) return unsupported("makes an empty tensor");
    if (step < 0 && end[axis] < 0) end_mask |= int64_t{1} << axis;  // TFLite would count -1 from the end
  }
  Emitter& emit = node.emit();
  if (std::any_of(steps.begin(), steps.end(), [](int64_t step) { return step != 1; })) {
    return one(emit.emit("STRIDED_SLICE", {node.input(0), emit.ints(begin), emit.ints(end), emit.ints(steps)},
                         {{"end_mask", end_mask}}));
  }
  Ints size(begin.size());
  for (size_t axis = 0; axis < size.size(); ++axis) size[axis] = std::max<int64_t>(end[axis] - begin[axis], 0);
  if (size == Ints(shape.begin(), shape.end())) return ValueIds{node.input(0)};
  return one(emit.emit("SLICE", {node.input(0), emit.ints(begin), emit.ints(size)}));
}

}  // namespace

const Mapping& map_slice() {
  static const Mapping mapping = {{"Slice"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
