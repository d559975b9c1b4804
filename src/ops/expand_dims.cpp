// EXPAND_DIMS
//   y = x with an axis of extent 1 put in at place `axis` of the output.
#include "ops/core/copy.h"
#include "ops/core/op_def.h"
#include "ops/core/remap.h"

namespace pestle::ops {
namespace {

enum Operand { kInput, kAxis };

Status infer(Inference& in) {
  const Shape& x = in.shape(kInput);
  if (in.shape(kAxis).is_static() && in.shape(kAxis).elements() != 1) {
    return fail(ErrorCode::kInvalidModel, "axis must be one number");
  }
  std::vector<int64_t> y(x.begin(), x.end());
  if (const auto known = in.ints(kAxis)) {
    const auto axis = resolve_axis(known->front(), x.rank() + 1);
    if (!axis) return fail(ErrorCode::kInvalidModel, "axis " + std::to_string(known->front()) + " is out of range");
    y.insert(y.begin() + *axis, 1);
  } else {
    y.assign(static_cast<size_t>(x.rank()) + 1, kUnknown);
  }
  in.set(0, in.dtype(kInput), Shape(y));
  return {};
}

Status evaluate(const Evaluation& e) {
  copy_bytes(e.inputs[kInput], e.outputs[0]);
  return {};
}

bool remap(LayoutEdit& edit) {
  const std::vector<int64_t>* axis = edit.ints(kAxis);
  if (axis == nullptr || axis->size() != 1) return false;
  const auto at = resolve_axis(axis->front(), static_cast<int>(edit.permutation().size()) + 1);
  if (!at) return false;
  int placed = 0;
  edit.set_output_permutation(0, with_axis(edit.permutation(), *at, placed));
  edit.set_ints(kAxis, edit.input_type(kAxis).shape, {placed});
  return true;
}

}  // namespace

const OpDef& op_expand_dims() {
  static const OpDef def = {
      .name = "EXPAND_DIMS",
      .code = 70,
      .options_record = "ExpandDimsOptions",
      .summary = "y = x with a new axis of extent 1",
      .inputs = {{"input"}, {"axis"}},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"any", {kAnyWhole | kI4, kIndex}, {kAnyWhole | kI4}, 1}},
      .traits = {.is_copy = true},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true, .int16 = true, .inputs = {kSharedRule, kNoRule}, .outputs = {kSharedRule}},
      .layout = {LayoutKind::kRemaps, {kInput}, remap},
  };
  return def;
}

}  // namespace pestle::ops
