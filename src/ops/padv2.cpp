// PADV2
//   y[i] = x[i - before] inside, else the operand constant_values, whose code is copied: it must have the scale and
// zero point of the output.
#include "ops/core/op_def.h"
#include "ops/core/pad.h"

namespace pestle::ops {
namespace {

enum Operand { kInput, kPaddings, kValue };

Status infer(Inference& in) {
  if (in.dtype(kValue) != in.dtype(kInput)) {
    return fail(ErrorCode::kInvalidModel, "constant_values has another type than the input");
  }
  if (in.shape(kValue).is_static() && in.shape(kValue).elements() != 1) {
    return fail(ErrorCode::kInvalidModel, "constant_values must be one number");
  }
  return infer_padding(in);
}

Status evaluate(const Evaluation& e) {
  pad_with(e, e.inputs[kValue].data);
  return {};
}

}  // namespace

const OpDef& op_padv2() {
  static const DTypeSet kBase = kF32 | kF16 | kBF16 | kU8 | kI32 | kI64;
  static const OpDef def = {
      .name = "PADV2",
      .code = 60,
      .options_record = "PadV2Options",
      .summary = "y[i] = x[i - before] inside, else constant_values",
      .inputs = {{"input"}, {"paddings"}, {"constant_values"}},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"base", {kBase, kIndex, kBase}, {kBase}, 1},
                {"int8", {kI8, kIndex, kI8}, {kI8}, 2},
                {"int16", {kI16, kIndex, kI16}, {kI16}, 3},
                {"bool", {kBool, kIndex, kBool}, {kBool}, 5}},
      .infer = infer,
      .evaluate = evaluate,
      .passes_on = pads_nothing,
      .quantization = {.int8 = true,
                       .int16 = true,
                       .inputs = {kSharedRule, kNoRule, kSharedRule},
                       .outputs = {kSharedRule}},
      .layout = {LayoutKind::kRemaps, {kInput}, remap_padding},
      .version = padding_version,
  };
  return def;
}

}  // namespace pestle::ops
