// Clip -> the RELU of those bounds, or MAXIMUM and MINIMUM with constants. Bounds are attributes before opset 11, then
// optional operands.
#include <limits>

#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

struct Bounds {
  float low = std::numeric_limits<float>::lowest();
  float high = std::numeric_limits<float>::max();
};

Result<Bounds> read_bounds(NodeContext& node) {
  Bounds bounds;
  if (node.opset() < 11) {
    bounds.low = node.number("min", bounds.low);
    bounds.high = node.number("max", bounds.high);
    return bounds;
  }
  for (int i : {1, 2}) {
    if (!node.has(i)) continue;
    PESTLE_ASSIGN(const auto values, node.floats(i, i == 1 ? "lower bound" : "upper bound"));
    if (values.size() != 1) return fail(ErrorCode::kInvalidModel, "its bounds are no single numbers");
    (i == 1 ? bounds.low : bounds.high) = values[0];
  }
  return bounds;
}

// Too low an upper bound wins, as in the standard.
Result<ValueIds> clip_integers(NodeContext& node) {
  Formula f(node.emit());
  const DType dtype = node.dtype(0), computed = computed_type(dtype);
  ValueId x = f.cast(node.input(0), computed);
  if (node.has(1)) x = f.op("MAXIMUM", {x, f.cast(node.input(1), computed)});
  if (node.has(2)) x = f.op("MINIMUM", {x, f.cast(node.input(2), computed)});
  return f.result(f.cast(x, dtype));
}

Result<ValueIds> map(NodeContext& node) {
  if (node.dtype(0) != DType::kFloat32) return clip_integers(node);
  PESTLE_ASSIGN(const Bounds bounds, read_bounds(node));
  Emitter& emit = node.emit();
  ValueId x = node.input(0);
  const bool has_low = bounds.low > std::numeric_limits<float>::lowest();
  const bool has_high = bounds.high < std::numeric_limits<float>::max();
  if (bounds.low == 0 && !has_high) return one(emit.emit("RELU", {x}));
  if (bounds.low == 0 && bounds.high == 6) return one(emit.emit("RELU6", {x}));
  if (bounds.low == -1 && bounds.high == 1) return one(emit.emit("RELU_N1_TO_1", {x}));
  if (has_low) {
    PESTLE_ASSIGN(x, emit.emit("MAXIMUM", {x, emit.number(bounds.low)}));
  }
  if (has_high) {
    PESTLE_ASSIGN(x, emit.emit("MINIMUM", {x, emit.number(bounds.high)}));
  }
  return ValueIds{x};
}

}  // namespace

const Mapping& map_clip() {
  static const Mapping mapping = {{"Clip"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
