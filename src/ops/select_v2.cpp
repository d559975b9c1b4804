// SELECT_V2
//   out[i] = condition[i] ? x[i] : y[i], with broadcasting of all three.
#include "ops/core/broadcast.h"
#include "ops/core/op_def.h"
#include "ops/core/select.h"

namespace pestle::ops {
namespace {

Status infer(Inference& in) {
  if (in.dtype(kSelectThen) != in.dtype(kSelectElse))
    return fail(ErrorCode::kInvalidModel, "the branches differ in type");
  const auto branches = broadcast(in.shape(kSelectThen), in.shape(kSelectElse));
  const auto y = branches ? broadcast(in.shape(kSelectCondition), *branches) : std::nullopt;
  if (!y) {
    return fail(ErrorCode::kInvalidModel, "shapes " + to_string(in.shape(kSelectCondition)) + ", " +
                                              to_string(in.shape(kSelectThen)) + " and " +
                                              to_string(in.shape(kSelectElse)) + " do not broadcast");
  }
  in.set(0, in.dtype(kSelectThen), *y);
  return {};
}

Status evaluate(const Evaluation& e) {
  const Shape& y = e.outputs[0].shape();
  select_elements(
      e, {broadcast_strides(e.inputs[kSelectCondition].shape(), y), broadcast_strides(e.inputs[kSelectThen].shape(), y),
          broadcast_strides(e.inputs[kSelectElse].shape(), y)});
  return {};
}

}  // namespace

const OpDef& op_select_v2() {
  static const DTypeSet kBase = kF32 | kF16 | kBool | kI8 | kU8 | kI16 | kI32 | kI64;
  static const OpDef def = {
      .name = "SELECT_V2",
      .code = 123,
      .options_record = "SelectV2Options",
      .summary = "out = condition ? x : y",
      .inputs = {{"condition"}, {"x"}, {"y"}},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"base", {kBool, kBase, kBase}, {kBase}, 1}, {"uint32", {kBool, kU32, kU32}, {kU32}, 2}},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true,
                       .int16 = true,
                       .inputs = {kNoRule, kSharedRule, kSharedRule},
                       .outputs = {kSharedRule}},
      .layout = {LayoutKind::kBroadcast},
  };
  return def;
}

}  // namespace pestle::ops
