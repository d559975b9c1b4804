// SQUARED_DIFFERENCE
//   y = (a - b)^2, broadcasting.
// int8: docs/semantics.md#elementwise.
#include "ops/core/binary.h"
#include "ops/core/op_def.h"
#include "ops/core/scaled_sum.h"

namespace pestle::ops {
namespace {

constexpr int kLeftShift = 7;

void evaluate_int8(const Evaluation& e) {
  const ir::Type& output = *e.outputs[0].type;
  const CommonScale common(*e.inputs[0].type, *e.inputs[1].type, kLeftShift);
  const double unit = static_cast<double>(1 << (2 * kLeftShift)) * static_cast<double>(output.scale());
  const FixedMultiplier to_output = quantize_multiplier(common.twice_max() * common.twice_max() / unit);
  const int32_t zero = output.zero_point();
  map_binary<int8_t>(e, [=](int32_t a, int32_t b) {
    const int32_t difference = common.a(a) - common.b(b);
    return saturate<int8_t>(int64_t{multiply(difference * difference, to_output)} + zero);
  });
}

Status evaluate(const Evaluation& e) {
  switch (e.inputs[0].dtype()) {
    case DType::kFloat32: map_binary<float>(e, [](float a, float b) { return (a - b) * (a - b); }); return {};
    case DType::kInt32:
      map_integers<int32_t>(e, FusedActivation::kNone, [](uint64_t a, uint64_t b) { return (a - b) * (a - b); });
      return {};
    case DType::kInt8: evaluate_int8(e); return {};
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

}  // namespace

const OpDef& op_squared_difference() {
  static const OpDef def = {
      .name = "SQUARED_DIFFERENCE",
      .code = 99,
      .options_record = "SquaredDifferenceOptions",
      .summary = "y = (a - b)^2",
      .inputs = {{"a"}, {"b"}},
      .outputs = {{"y"}},
      .options = {},
      .types = {{"float32", {kF32}, {kF32}, 1}, {"int32", {kI32}, {kI32}, 1}, {"int8", {kI8}, {kI8}, 2}},
      .traits = {.output_may_share_input = true},
      .infer = infer_binary,
      .evaluate = evaluate,
      .quantization = {.int8 = true, .inputs = {kActivationRule, kActivationRule}, .outputs = {kActivationRule}},
      .layout = {LayoutKind::kBroadcast},
  };
  return def;
}

}  // namespace pestle::ops
