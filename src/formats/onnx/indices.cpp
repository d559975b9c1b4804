#include "formats/onnx/indices.h"

#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

using ir::ValueId;

// int32 of that shape: the position along one axis.
ValueId positions(Formula& f, const Shape& shape, int axis) {
  if (const Status status = check_affordable(shape.elements()); !status) return f.fail_with(status.error());
  std::vector<int32_t> values(static_cast<size_t>(shape.elements()));
  const int64_t step = row_major_strides(shape)[axis];
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<int32_t>(static_cast<int64_t>(i) / step % shape[axis]);
  return f.emit().constant({DType::kInt32, shape, std::as_bytes(std::span(values))});
}

Shape with_last(Shape shape, int64_t extent) {
  shape.push_back(extent);
  return shape;
}

bool is_static(Formula& f, ValueId value) {
  if (f.failed()) return false;
  if (f.shape(value).is_static()) return true;
  f.fail_with({ErrorCode::kUnsupported, "its indices have a size that is known only while the model runs", {}, {}});
  return false;
}

}  // namespace

ValueId wrapped(Formula& f, ValueId indices, int64_t extent) {
  const ValueId narrow = f.cast(indices, DType::kInt32);
  return f.op("FLOOR_MOD", {narrow, f.emit().integer(extent)});
}

ValueId element_places(Formula& f, ValueId indices, int axis, int64_t extent) {
  if (!is_static(f, indices) || extent < 1) return f.fail_with({ErrorCode::kUnsupported, "its input is empty", {}, {}});
  const Shape shape = f.shape(indices);
  std::vector<ValueId> parts;
  for (int i = 0; i < shape.rank(); ++i) {
    const ValueId part = i == axis ? wrapped(f, indices, extent) : positions(f, shape, i);
    parts.push_back(f.reshape(part, with_last(shape, 1)));
  }
  return f.concat(parts, shape.rank());
}

ValueId tuple_places(Formula& f, ValueId tuples, const Shape& shape, int batch) {
  if (!is_static(f, tuples)) return ir::kNoValue;
  const Shape own = f.shape(tuples);
  if (own.rank() == 0 || batch < 0 || batch >= own.rank() || batch + own.back(0) > shape.rank()) {
    return f.fail_with({ErrorCode::kInvalidModel, "its indices do not fit its input", {}, {}});
  }
  std::vector<int64_t> extents;
  for (int64_t i = 0; i < own.back(0); ++i) extents.push_back(shape[batch + static_cast<int>(i)]);
  const ValueId places = f.op("FLOOR_MOD", {f.cast(tuples, DType::kInt32), f.ints(extents)});
  if (batch == 0) return places;
  Shape outer(own.dims().first(own.dims().size() - 1));
  std::vector<ValueId> parts;
  for (int i = 0; i < batch; ++i) parts.push_back(f.reshape(positions(f, outer, i), with_last(outer, 1)));
  parts.push_back(places);
  return f.concat(parts, outer.rank());
}

}  // namespace pestle::formats::onnx
