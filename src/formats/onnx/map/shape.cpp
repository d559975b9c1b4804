// Shape, Size -> a constant: extents are known while a model is imported. Where it is a result of the model: SHAPE.
#include <algorithm>
#include <limits>

#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

// start and end (opset 15) count from the end if negative and are clamped.
int64_t clamped(int64_t axis, int rank) { return std::clamp<int64_t>(axis < 0 ? axis + rank : axis, 0, rank); }

struct Extents {
  ValueId x;
  int64_t start, count;  // which of them; a product of all where `is_size`
  bool is_size;
};

Result<ValueId> compute(Emitter& emit, const Extents& e) {
  Formula f(emit);
  const ValueId all = f.computed_shape(e.x, DType::kInt64);
  if (!e.is_size) return f.single(f.slice(all, 0, e.start, e.count));
  // No kernel multiplies int64 along an axis.
  const ValueId product = f.reduce("REDUCE_PROD", f.cast(all, DType::kInt32), {0}, false);
  return f.single(f.cast(product, DType::kInt64));
}

Result<ValueIds> map(NodeContext& node) {
  const Shape shape = node.shape(0);
  if (!shape.is_static()) return unsupported("its input has a size that is known only while the model runs");
  const bool is_size = node.op_type() == "Size";
  const int64_t start = is_size ? 0 : clamped(node.integer("start", 0), shape.rank());
  const int64_t end = is_size ? shape.rank() : clamped(node.integer("end", shape.rank()), shape.rank());
  const Extents extents{node.input(0), start, std::max<int64_t>(end - start, 0), is_size};
  std::vector<int64_t> values;
  for (int64_t axis = start; axis < end; ++axis) values.push_back(shape[static_cast<int>(axis)]);
  if (is_size) values = {shape.elements()};
  const Shape length = is_size ? Shape{} : Shape{static_cast<int64_t>(values.size())};
  const ValueId constant =
      node.emit().constant({DType::kInt64, length, std::as_bytes(std::span<const int64_t>(values))});
  const bool fits = !is_size || shape.elements() <= std::numeric_limits<int32_t>::max();
  if (!node.is_constant(0) && shape.rank() > 0 && fits) {
    node.frame().set_computation(constant, [&emit = node.emit(), extents] { return compute(emit, extents); });
  }
  return ValueIds{constant};
}

}  // namespace

const Mapping& map_shape() {
  static const Mapping mapping = {{"Shape", "Size"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
