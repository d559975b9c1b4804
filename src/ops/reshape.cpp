// RESHAPE
//   y = the elements of x in row-major order under another shape; one extent of the target may be -1: what is left.
// The target is the operand `shape` where there is one, else the property new_shape.
#include "ops/core/copy.h"
#include "ops/core/op_def.h"
#include "ops/core/unknown_shape.h"

namespace pestle::ops {
namespace {

constexpr IntsOption kNewShape{"new_shape"};

enum Operand { kInput, kShape };

// Sets the extent marked -1 from the number of elements, where that is known.
Status complete(Shape& target, const Shape& input) {
  int open = -1;
  Shape rest;
  for (int axis = 0; axis < target.rank(); ++axis) {
    if (target[axis] == -1) {
      if (open >= 0) return fail(ErrorCode::kInvalidModel, "two extents of the target shape are -1");
      open = axis;
    } else if (target[axis] < 0) {
      return fail(ErrorCode::kInvalidModel, "the target shape has the extent " + std::to_string(target[axis]));
    } else {
      rest.push_back(target[axis]);
    }
  }
  const auto have = checked_elements(input);
  const auto want = checked_elements(rest);
  if (!want) return fail(ErrorCode::kInvalidModel, "the target shape is too large");
  if (!have) return {};
  if (open >= 0 && *want > 0 && *have % *want == 0) {
    target[open] = *have / *want;
  } else if (open >= 0 || *have != *want) {
    return fail(ErrorCode::kInvalidModel, "cannot reshape " + to_string(input) + " to " + to_string(target));
  }
  return {};
}

Status infer(Inference& in) {
  Shape target;
  if (!in.has(kShape)) {
    target = Shape(kNewShape(in.node()));
    if (target == Shape{0}) target = {};  // how old files write a scalar
  } else if (in.shape(kShape).rank() != 1) {
    return fail(ErrorCode::kInvalidModel, "the target shape must have rank 1");
  } else if (const auto known = in.ints(kShape)) {
    target = Shape(*known);
  } else if (in.shape(kShape)[0] == kUnknown) {
    return fail(ErrorCode::kUnsupported, "the rank of the result is not known");
  } else {
    PESTLE_ASSIGN(Shape y, unknown_shape(in.shape(kShape)[0]));
    in.set(0, in.dtype(kInput), std::move(y));
    return {};
  }
  PESTLE_TRY(complete(target, in.shape(kInput)));
  in.set(0, in.dtype(kInput), target);
  return {};
}

Status evaluate(const Evaluation& e) {
  copy_bytes(e.inputs[kInput], e.outputs[0]);
  return {};
}

}  // namespace

const OpDef& op_reshape() {
  static const OpDef def = {
      .name = "RESHAPE",
      .code = 22,
      .options_record = "ReshapeOptions",
      .summary = "y = x in row-major order under another shape",
      .inputs = {{"input"}, {"shape", OperandDef::kOptional}},
      .outputs = {{"output"}},
      .options = {kNewShape.info()},
      .types = {{"any", {kAnyWhole | kI4, kI32}, {kAnyWhole | kI4}, 1}},
      .traits = {.is_copy = true, .keeps_nonnegative = true},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true, .int16 = true, .inputs = {kSharedRule, kNoRule}, .outputs = {kSharedRule}},
  };
  return def;
}

}  // namespace pestle::ops
