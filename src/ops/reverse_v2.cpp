// REVERSE_V2
//   y = x with the axes in the operand `axis` walked backwards.
#include <algorithm>

#include "ops/core/copy.h"
#include "ops/core/op_def.h"
#include "ops/core/remap.h"

namespace pestle::ops {
namespace {

enum Operand { kInput, kAxis };

Status infer(Inference& in) {
  if (in.shape(kAxis).rank() != 1) return fail(ErrorCode::kInvalidModel, "axis must be a list");
  if (const auto axes = in.ints(kAxis)) {
    for (int64_t axis : *axes) {
      if (!resolve_axis(axis, in.shape(kInput).rank())) {
        return fail(ErrorCode::kInvalidModel, "axis " + std::to_string(axis) + " is out of range");
      }
    }
  }
  in.set(0, in.dtype(kInput), in.shape(kInput));
  return {};
}

Status evaluate(const Evaluation& e) {
  const Shape& x = e.inputs[kInput].shape();
  StridedCopy copy{{x.begin(), x.end()}, row_major_strides(x), row_major_strides(x)};
  for (int64_t listed : to_int64s(e.inputs[kAxis].view())) {
    const auto axis = resolve_axis(listed, x.rank());
    if (!axis) return fail(ErrorCode::kInvalidArgument, "axis " + std::to_string(listed) + " is out of range");
    if (copy.from_steps[*axis] < 0) return fail(ErrorCode::kInvalidArgument, "an axis is listed twice");
    copy.from += (x[*axis] - 1) * copy.from_steps[*axis];
    copy.from_steps[*axis] = -copy.from_steps[*axis];
  }
  copy_operand(copy, e.inputs[kInput], e.outputs[0]);
  return {};
}

bool remap(LayoutEdit& edit) { return remap_axis_operand(edit, kAxis); }

}  // namespace

const OpDef& op_reverse_v2() {
  static const DTypeSet kBase = kF32 | kF16 | kBF16 | kU8 | kI16 | kI32 | kI64;
  static const OpDef def = {
      .name = "REVERSE_V2",
      .code = 105,
      .options_record = "ReverseV2Options",
      .summary = "y = x with some axes backwards",
      .inputs = {{"input"}, {"axis"}},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"base", {kBase, kI32}, {kBase}, 1},
                {"bool", {kBool, kI32}, {kBool}, 2},
                {"int8", {kI8, kI32}, {kI8}, 3}},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true, .int16 = true, .inputs = {kSharedRule, kNoRule}, .outputs = {kSharedRule}},
      .layout = {LayoutKind::kRemaps, {kInput}, remap},
  };
  return def;
}

}  // namespace pestle::ops
