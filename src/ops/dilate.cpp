// DILATE
//   y = x with dilations[a] - 1 elements of padding_value between any two neighbours along every axis a.
#include "ops/core/copy.h"
#include "ops/core/op_def.h"

namespace pestle::ops {
namespace {

enum Operand { kInput, kDilations, kPadding };

Status infer(Inference& in) {
  Shape y = in.shape(kInput);
  if (in.shape(kDilations).rank() != 1 || (in.shape(kDilations).is_static() && in.shape(kDilations)[0] != y.rank()) ||
      (in.shape(kPadding).is_static() && in.shape(kPadding).elements() != 1) ||
      in.dtype(kPadding) != in.dtype(kInput)) {
    return fail(ErrorCode::kInvalidModel, "there must be one dilation an axis and one value to pad with");
  }
  const auto dilations = in.ints(kDilations);
  for (int axis = 0; axis < y.rank(); ++axis) {
    if (!dilations) y[axis] = kUnknown;
    if (y[axis] == kUnknown) continue;
    constexpr int64_t kMost = 1 << 24;
    const int64_t dilation = (*dilations)[axis];
    if (dilation < 1 || dilation > kMost) return fail(ErrorCode::kInvalidModel, "a dilation is below 1 or absurd");
    y[axis] = y[axis] == 0 ? 0 : (y[axis] - 1) * dilation + 1;
  }
  in.set(0, in.dtype(kInput), std::move(y));
  return {};
}

Status evaluate(const Evaluation& e) {
  const OutputOperand& y = e.outputs[0];
  const Shape& x = e.inputs[kInput].shape();
  const std::vector<int64_t> dilations = to_int64s(e.inputs[kDilations].view());
  const size_t size = storage_bytes(y.dtype(), 1);
  if (y.elements() == 0) return {};
  fill_elements(e.inputs[kPadding].data, size, y.elements(), y.data);
  StridedCopy copy{{x.begin(), x.end()}, row_major_strides(x), row_major_strides(y.shape())};
  for (int axis = 0; axis < x.rank(); ++axis) copy.to_steps[axis] *= dilations[axis];
  copy_strided(copy, e.inputs[kInput].data, y.data, size);
  return {};
}

}  // namespace

const OpDef& op_dilate() {
  constexpr DTypeSet kBase = kF32 | kI8 | kI16 | kI32 | kI64 | kU8 | DTypeSet(DType::kUInt16) | kU32 |
                             DTypeSet(DType::kUInt64) | DTypeSet(DType::kFloat64);
  static const OpDef def = {
      .name = "DILATE",
      .code = 203,
      .options_record = "DilateOptions",
      .summary = "y = x with padding_value between its elements",
      .inputs = {{"input"}, {"dilations"}, {"padding_value"}},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"base", {kBase, kI32, kBase}, {kBase}, 1}},
      .infer = infer,
      .evaluate = evaluate,
  };
  return def;
}

}  // namespace pestle::ops
