// SPLIT
//   The outputs are equal pieces of x along an axis.
#include "ops/core/split.h"

#include "ops/core/op_def.h"
#include "ops/core/remap.h"

namespace pestle::ops {
namespace {

constexpr IntOption kNumSplits{"num_splits", 0};

enum Operand { kAxis, kInput };

Status infer(Inference& in) {
  const int count = in.outputs();
  if (kNumSplits(in.node()) != count) {
    return fail(ErrorCode::kInvalidModel, "num_splits is " + std::to_string(kNumSplits(in.node())) + " with " +
                                              std::to_string(count) + " outputs");
  }
  Shape y = in.shape(kInput);
  PESTLE_ASSIGN(const auto axis, axis_operand(in, kAxis, y.rank()));
  if (!axis) {
    y = Shape(std::vector<int64_t>(y.rank(), kUnknown));
  } else if (y[*axis] != kUnknown) {
    if (y[*axis] % count != 0) {
      return fail(ErrorCode::kInvalidModel,
                  "an axis of " + std::to_string(y[*axis]) + " has no " + std::to_string(count) + " equal pieces");
    }
    y[*axis] /= count;
  }
  for (int i = 0; i < count; ++i) in.set(i, in.dtype(kInput), y);
  return {};
}

Status evaluate(const Evaluation& e) {
  const InputOperand& x = e.inputs[kInput];
  const auto axis = resolve_axis(to_int64s(e.inputs[kAxis].view()).front(), x.shape().rank());
  if (!axis) return fail(ErrorCode::kInvalidArgument, "the axis is out of range");
  const auto count = static_cast<int64_t>(e.outputs.size());
  copy_pieces(x, *axis, std::vector<int64_t>(e.outputs.size(), x.shape()[*axis] / count), e.outputs);
  return {};
}

bool remap(LayoutEdit& edit) { return remap_axis_operand(edit, kAxis); }

}  // namespace

const OpDef& op_split() {
  static const OpDef def = {
      .name = "SPLIT",
      .code = 49,
      .options_record = "SplitOptions",
      .summary = "outputs = equal pieces of x along axis",
      .inputs = {{"axis"}, {"input"}},
      .outputs = {{"outputs", OperandDef::kVariadic}},
      .options = {kNumSplits.info()},
      .types = {{"base", {kI32, kF32 | kU8 | kI64}, {kF32 | kU8 | kI64}, 1},
                {"int8", {kI32, kI8}, {kI8}, 2},
                {"int32", {kI32, kI32}, {kI32}, 3},
                {"int16", {kI32, kI16}, {kI16}, 4}},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true, .int16 = true, .inputs = {kNoRule, kSharedRule}, .outputs = {kSharedRule}},
      .layout = {LayoutKind::kRemaps, {kInput}, remap},
  };
  return def;
}

}  // namespace pestle::ops
