// FILL
//   y[i] = value for the shape in the operand `dims`.
#include "ops/core/copy.h"
#include "ops/core/op_def.h"
#include "ops/core/unknown_shape.h"

namespace pestle::ops {
namespace {

enum Operand { kDims, kValue };

Status infer(Inference& in) {
  if (in.shape(kDims).rank() != 1) return fail(ErrorCode::kInvalidModel, "dims must have rank 1");
  if (in.shape(kValue).rank() != 0) return fail(ErrorCode::kInvalidModel, "value must be a scalar");
  Shape y;
  if (const auto known = in.ints(kDims)) {
    y = Shape(*known);
    for (int64_t extent : y) {
      if (extent < 0) return fail(ErrorCode::kInvalidModel, "dims has the extent " + std::to_string(extent));
    }
  } else if (in.shape(kDims)[0] == kUnknown) {
    return fail(ErrorCode::kUnsupported, "the rank of the result is not known");
  } else {
    PESTLE_ASSIGN(y, unknown_shape(in.shape(kDims)[0]));
  }
  in.set(0, in.dtype(kValue), y);
  return {};
}

Status evaluate(const Evaluation& e) {
  const OutputOperand& y = e.outputs[0];
  fill_elements(e.inputs[kValue].data, storage_bytes(y.dtype(), 1), y.elements(), y.data);
  return {};
}

}  // namespace

const OpDef& op_fill() {
  static const DTypeSet kBase = kF32 | kU8 | kI32 | kI64 | kU32;
  static const OpDef def = {
      .name = "FILL",
      .code = 94,
      .options_record = "FillOptions",
      .summary = "y[i] = value",
      .inputs = {{"dims"}, {"value"}},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"base", {kIndex, kBase}, {kBase}, 1},
                {"bool", {kIndex, kBool}, {kBool}, 2},
                {"int8", {kIndex, kI8 | kI16}, {kI8 | kI16}, 3},
                {"float16", {kIndex, kF16}, {kF16}, 4}},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true, .int16 = true, .inputs = {kNoRule, kSharedRule}, .outputs = {kSharedRule}},
  };
  return def;
}

}  // namespace pestle::ops
