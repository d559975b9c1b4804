#include "formats/core/formula.h"

#include <algorithm>

namespace pestle::formats {

ir::ValueId Formula::take(Result<ir::ValueId> made) {
  if (made) return *made;
  return fail_with(std::move(made).error());
}

ir::ValueId Formula::fail_with(Error error) {
  if (!error_) error_ = std::move(error);
  return ir::kNoValue;
}

ir::ValueId Formula::op(const char* name, std::vector<ir::ValueId> inputs, std::vector<Property> options) {
  if (error_) return ir::kNoValue;
  return take(emit_.emit(name, std::move(inputs), std::move(options)));
}

ir::ValueId Formula::reduce(const char* name, ir::ValueId a, const std::vector<int64_t>& axes, bool keep_dims) {
  return op(name, {a, emit_.ints(axes)}, {{"keep_dims", keep_dims}});
}

ir::ValueId Formula::matmul(ir::ValueId a, ir::ValueId b, bool transpose_b) {
  return op("BATCH_MATMUL", {a, b}, {{"adj_y", transpose_b}});
}

ir::ValueId Formula::slice(ir::ValueId a, int axis, int64_t begin, int64_t count) {
  if (error_) return ir::kNoValue;
  const Shape own = shape(a);
  if (axis < 0 || axis >= own.rank())
    return fail_with({ErrorCode::kInvalidModel, "an operand has too few axes", {}, {}});
  std::vector<int64_t> begins(own.rank(), 0), sizes(own.begin(), own.end());
  if (begin == 0 && sizes[axis] == count) return a;
  begins[axis] = begin;
  sizes[axis] = count;
  return op("SLICE", {a, emit_.ints(begins), emit_.ints(sizes)});
}

ir::ValueId Formula::concat(std::vector<ir::ValueId> parts, int64_t axis) {
  if (parts.size() == 1) return parts[0];
  return op("CONCATENATION", std::move(parts), {{"axis", axis}});
}

ir::ValueId Formula::reshape(ir::ValueId a, const Shape& to) {
  return error_ ? ir::kNoValue : take(emit_.reshape(a, to));
}

ir::ValueId Formula::transpose(ir::ValueId a, std::vector<int64_t> permutation) {
  return error_ ? ir::kNoValue : take(emit_.transpose(a, std::move(permutation)));
}

ir::ValueId Formula::cast(ir::ValueId a, DType to) { return error_ ? ir::kNoValue : take(emit_.cast(a, to)); }

ir::ValueId Formula::broadcast_to(ir::ValueId a, const Shape& to) {
  if (error_ || shape(a) == to) return a;
  return op("BROADCAST_TO", {a, emit_.ints(to.dims())});
}

ir::ValueId Formula::computed_shape(ir::ValueId a, DType to) {
  if (error_) return ir::kNoValue;
  OpSpec spec{"SHAPE", {a}, {{"out_type", to == DType::kInt64 ? "INT64" : "INT32"}}};
  spec.folds = false;
  auto made = emit_.emit_all(std::move(spec));
  return made ? made->front() : fail_with(std::move(made).error());
}

ir::ValueId Formula::number(double value, DType to) {
  return to == DType::kFloat32 ? number(static_cast<float>(value)) : cast(number(static_cast<float>(value)), to);
}

ir::ValueId Formula::int64s(const std::vector<int64_t>& values) {
  const Shape length{static_cast<int64_t>(values.size())};
  return emit_.constant({DType::kInt64, length, std::as_bytes(std::span(values))});
}

Shape Formula::shape(ir::ValueId a) const { return a == ir::kNoValue ? Shape() : emit_.shape(a); }

DType Formula::dtype(ir::ValueId a) const { return a == ir::kNoValue ? DType::kFloat32 : emit_.value(a).type.dtype; }

Result<ir::ValueId> Formula::single(ir::ValueId value) const {
  if (error_) return Failure(*error_);
  return value;
}

Result<std::vector<ir::ValueId>> Formula::result(std::vector<ir::ValueId> values) const {
  if (error_) return Failure(*error_);
  return values;
}

}  // namespace pestle::formats
