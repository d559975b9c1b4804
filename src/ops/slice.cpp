// SLICE
//   y[i] = x[begin + i], size[a] extents along axis a; a size of -1 is what is left.
#include <algorithm>

#include "ops/core/copy.h"
#include "ops/core/op_def.h"
#include "ops/core/remap.h"

namespace pestle::ops {
namespace {

enum Operand { kInput, kBegin, kSize };

// Extent of one axis of the output. Unknown numbers are nullopt or kUnknown.
Result<int64_t> extent(int64_t in, std::optional<int64_t> begin, std::optional<int64_t> size) {
  if ((size && *size < -1) || (begin && *begin < 0)) return fail(ErrorCode::kInvalidModel, "begin or size is negative");
  if (begin && in != kUnknown && *begin > in) {
    return fail(ErrorCode::kInvalidModel,
                "begin " + std::to_string(*begin) + " lies beyond an axis of " + std::to_string(in));
  }
  if (!size) return kUnknown;
  if (*size == -1) return begin && in != kUnknown ? in - *begin : kUnknown;
  if (in != kUnknown && *size > in - begin.value_or(0)) {
    return fail(ErrorCode::kInvalidModel,
                "a slice of " + std::to_string(*size) + " does not fit an axis of " + std::to_string(in));
  }
  return *size;
}

Status infer(Inference& in) {
  const Shape& x = in.shape(kInput);
  for (int i : {kBegin, kSize}) {
    if (in.shape(i).rank() != 1 || (in.shape(i)[0] != x.rank() && in.shape(i)[0] != kUnknown)) {
      return fail(ErrorCode::kInvalidModel, "begin and size must have one number per axis of the input");
    }
  }
  const auto begin = in.ints(kBegin);
  const auto size = in.ints(kSize);
  Shape y = x;
  for (int axis = 0; axis < x.rank(); ++axis) {
    PESTLE_ASSIGN(y[axis], extent(x[axis], begin ? std::optional((*begin)[axis]) : std::nullopt,
                                  size ? std::optional((*size)[axis]) : std::nullopt));
  }
  in.set(0, in.dtype(kInput), y);
  return {};
}

Status evaluate(const Evaluation& e) {
  const Shape& x = e.inputs[kInput].shape();
  const Shape& y = e.outputs[0].shape();
  const std::vector<int64_t> begin = to_int64s(e.inputs[kBegin].view());
  StridedCopy copy{{y.begin(), y.end()}, row_major_strides(x), row_major_strides(y)};
  for (int axis = 0; axis < x.rank(); ++axis) {
    if (begin[axis] < 0 || begin[axis] > x[axis] - y[axis]) {
      return fail(ErrorCode::kInvalidArgument, "the slice leaves the input along axis " + std::to_string(axis));
    }
    copy.from += begin[axis] * copy.from_steps[axis];
  }
  copy_operand(copy, e.inputs[kInput], e.outputs[0]);
  return {};
}

bool remap(LayoutEdit& edit) {
  if (edit.ints(kBegin) == nullptr || edit.ints(kSize) == nullptr) return false;
  return remap_list_operand(edit, kBegin, 1) && remap_list_operand(edit, kSize, 1);
}

int version(const NodeView& view, int row_version) {
  return view.input(kInput).shape.rank() > 4 ? std::max(row_version, 5) : row_version;
}

}  // namespace

const OpDef& op_slice() {
  static const DTypeSet kBase = kF32 | kU8 | kI32 | kI64 | kBool;
  static const OpDef def = {
      .name = "SLICE",
      .code = 65,
      .options_record = "SliceOptions",
      .summary = "y[i] = x[begin + i]",
      .inputs = {{"input"}, {"begin"}, {"size"}},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"base", {kBase, kIndex, kIndex}, {kBase}, 1},
                {"int8", {kI8, kIndex, kIndex}, {kI8}, 2},
                {"int16", {kI16, kIndex, kIndex}, {kI16}, 4},
                {"uint32", {kU32, kIndex, kIndex}, {kU32}, 6},
                {"int4", {kI4, kIndex, kIndex}, {kI4}, 7},
                {"float16", {kF16, kIndex, kIndex}, {kF16}, 8}},
      .traits = {.keeps_nonnegative = true},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true,
                       .int16 = true,
                       .inputs = {kSharedRule, kNoRule, kNoRule},
                       .outputs = {kSharedRule}},
      .layout = {LayoutKind::kRemaps, {kInput}, remap},
      .version = version,
  };
  return def;
}

}  // namespace pestle::ops
