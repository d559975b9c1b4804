// MaxUnpool -> SCATTER_ND of the values to their places, which are counted through the whole result. Windows that
// overlap may name one place twice, where SCATTER_ND would add: they are refused.
#include <limits>

#include "formats/core/formula.h"
#include "formats/onnx/window.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  const Shape x = node.shape(0);
  if (!(node.shape(1) == x)) return fail(ErrorCode::kInvalidModel, "its indices do not fit its input");
  PESTLE_ASSIGN(const auto kernel, spatial_attributes(node, "kernel_shape", 1));
  PESTLE_ASSIGN(const auto strides, spatial_attributes(node, "strides", 1));
  const size_t count = kernel.size();
  const std::vector<int64_t> pads = node.integers("pads", std::vector<int64_t>(2 * count, 0));
  if (count < 1 || pads.size() != 2 * count)
    return fail(ErrorCode::kInvalidModel, "its attributes are not one number an axis");
  Shape shape{x[0], x[1]};
  for (size_t i = 0; i < count; ++i) {
    constexpr int64_t kMost = 1 << 24;
    const int64_t in = x[2 + static_cast<int>(i)];
    for (int64_t cells : {in, kernel[i], strides[i], pads[i] + 1, pads[count + i] + 1}) {
      if (cells < 1 || cells > kMost) return fail(ErrorCode::kInvalidModel, "its windows are absurd");
    }
    if (strides[i] < kernel[i]) return unsupported("windows that overlap");
    shape.push_back((in - 1) * strides[i] - pads[i] - pads[count + i] + kernel[i]);
    if (shape.back(0) < 1) return fail(ErrorCode::kInvalidModel, "its padding leaves nothing");
  }
  const auto elements = checked_elements(shape);
  if (!elements || *elements > std::numeric_limits<int32_t>::max()) return unsupported("a result of this size");
  Formula f(node.emit());
  const ValueId places = f.reshape(f.cast(node.input(1), DType::kInt32), {x.elements(), 1});
  const ValueId values = f.reshape(node.input(0), {x.elements()});
  ValueId y = f.reshape(f.op("SCATTER_ND", {places, values, f.ints({*elements})}), shape);
  if (!node.has(2)) return f.result(y);
  PESTLE_ASSIGN(const auto wanted, node.ints(2, "output shape"));
  if (wanted.size() != static_cast<size_t>(shape.rank()))
    return fail(ErrorCode::kInvalidModel, "its output shape is of another rank");
  std::vector<int32_t> pairs;
  for (int i = 0; i < shape.rank(); ++i) {
    const int64_t missing = wanted[i] - shape[i];
    if (missing < 0 || missing > (1 << 24))
      return fail(ErrorCode::kInvalidModel, "its output shape is too small, or absurd");
    pairs.insert(pairs.end(), {0, static_cast<int32_t>(missing)});
  }
  const ValueId paddings = f.emit().constant({DType::kInt32, {shape.rank(), 2}, std::as_bytes(std::span(pairs))});
  return f.result(f.op("PAD", {y, paddings}));
}

}  // namespace

const Mapping& map_max_unpool() {
  static const Mapping mapping = {{"MaxUnpool"}, 2, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
