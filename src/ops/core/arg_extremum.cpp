#include "ops/core/arg_extremum.h"

#include "ops/core/remap.h"

namespace pestle::ops {
namespace {

enum Operand { kInput, kAxis };

Status bad_axis(int64_t axis, const Shape& x) {
  return fail(ErrorCode::kInvalidModel,
              "axis " + std::to_string(axis) + " is outside the input of shape " + to_string(x));
}

bool remap(LayoutEdit& edit) {
  const std::vector<int64_t>* axis = edit.ints(kAxis);
  const int rank = static_cast<int>(edit.permutation().size());
  if (axis == nullptr || axis->size() != 1) return false;
  const auto resolved = resolve_axis(axis->front(), rank);
  if (!resolved) return false;
  std::vector<bool> removed(rank, false);
  removed[*resolved] = true;
  edit.set_output_permutation(0, without_axes(edit.permutation(), removed));
  return remap_axis_operand(edit, kAxis);
}

}  // namespace

Status infer_arg_extremum(Inference& in) {
  const Shape& x = in.shape(kInput);
  if (x.rank() == 0) return fail(ErrorCode::kInvalidModel, "the input is a scalar");
  if (checked_elements(in.shape(kAxis)) != int64_t{1})
    return fail(ErrorCode::kInvalidModel, "the axis must be one number");
  const DType index = kOutputType(in.node());
  if (index != DType::kInt32 && index != DType::kInt64) {
    return fail(ErrorCode::kInvalidModel, "output_type must be INT32 or INT64");
  }
  const auto axis = in.ints(kAxis);
  if (!axis) {
    in.set(0, index, Shape(std::vector<int64_t>(x.rank() - 1, kUnknown)));
    return {};
  }
  const auto removed = resolve_axis(axis->front(), x.rank());
  if (!removed) return bad_axis(axis->front(), x);
  if (x[*removed] == 0) return fail(ErrorCode::kInvalidModel, "the axis has no elements");
  Shape y;
  for (int i = 0; i < x.rank(); ++i) {
    if (i != *removed) y.push_back(x[i]);
  }
  in.set(0, index, std::move(y));
  return {};
}

LayoutRule arg_extremum_layout() { return {LayoutKind::kRemaps, {kInput}, remap}; }

QuantRule arg_extremum_quantization() {
  return {.int8 = true, .inputs = {kActivationRule, kNoRule}, .outputs = {kNoRule}};
}

std::vector<TypeRow> arg_extremum_types() {
  return {{"float32", {kF32, kIndex}, {kIndex}, 1},
          {"uint8", {kU8, kIndex}, {kIndex}, 1},
          {"int32", {kI32, kIndex}, {kIndex}, 1},
          {"int8", {kI8, kIndex}, {kIndex}, 2},
          {"bool", {kBool, kIndex}, {kIndex}, 3}};
}

Result<AxisSlices> arg_extremum_slices(const Evaluation& e) {
  const Shape& x = e.inputs[kInput].shape();
  const int64_t axis = to_int64s(e.inputs[kAxis].view()).front();
  const auto at = resolve_axis(axis, x.rank());
  if (!at) return Failure(bad_axis(axis, x).error());
  AxisSlices slices{1, x[*at], 1};
  for (int i = 0; i < *at; ++i) slices.outer *= x[i];
  for (int i = *at + 1; i < x.rank(); ++i) slices.inner *= x[i];
  return slices;
}

}  // namespace pestle::ops
