// ADD
//   y = act(a + b), broadcasting.
// Integers that are not quantized wrap on overflow. Quantized arithmetic: facts-kernels.md, section 7.
#include "ops/core/binary.h"
#include "ops/core/op_def.h"
#include "ops/core/requantize.h"
#include "ops/core/scaled_sum.h"

namespace pestle::ops {
namespace {

Status infer(Inference& in) {
  PESTLE_TRY(check_clamp(kFusedActivation(in.node())));
  PESTLE_TRY(check_sum_scales(in));
  const ir::Type& y = in.declared(0);
  if (has_scale(in.type(0)) && has_scale(in.type(1)) && has_scale(y) && y.dtype == in.dtype(0)) {
    const CommonScale common(in.type(0), in.type(1), sum_left_shift(in.dtype(0)));
    if (common.to_output(y) >= 1.0) {
      return fail(ErrorCode::kInvalidModel, "the output's scale is too small for the operands' scales");
    }
  }
  return infer_binary(in);
}

template <typename Code>
void evaluate_quantized(const Evaluation& e) {
  const ir::Type& a = *e.inputs[0].type;
  const ir::Type& b = *e.inputs[1].type;
  const ir::Type& output = *e.outputs[0].type;
  const CodeRange range = code_range(kFusedActivation(e.node), output);
  if (const auto shifts = power_of_two_shifts(e.node, a, b, output)) {
    map_binary<Code>(e, [=](int32_t qa, int32_t qb) {
      const auto sum = saturate<int16_t>(rounding_shift_right(qa, shifts->a) + rounding_shift_right(qb, shifts->b));
      return static_cast<Code>(std::clamp<int32_t>(sum, range.low, range.high));
    });
    return;
  }
  const CommonScale common(a, b, sum_left_shift(a.dtype));
  const FixedMultiplier to_output = quantize_multiplier(common.to_output(output));
  const int32_t zero = output.zero_point();
  map_binary<Code>(e, [=](int32_t qa, int32_t qb) {
    return static_cast<Code>(std::clamp(multiply(common.a(qa) + common.b(qb), to_output) + zero, range.low, range.high));
  });
}

Status evaluate(const Evaluation& e) {
  const FusedActivation activation = kFusedActivation(e.node);
  const auto plus = [](uint64_t a, uint64_t b) { return a + b; };
  switch (e.inputs[0].dtype()) {
    case DType::kFloat32: {
      const FloatRange range = float_range(activation);
      map_binary<float>(e, [=](float a, float b) { return clamp_to(a + b, range); });
      return {};
    }
    case DType::kInt8: evaluate_quantized<int8_t>(e); return {};
    case DType::kUInt8: evaluate_quantized<uint8_t>(e); return {};
    case DType::kInt16:
      e.inputs[0].type->is_quantized() ? evaluate_quantized<int16_t>(e) : map_integers<int16_t>(e, activation, plus);
      return {};
    case DType::kInt32: map_integers<int32_t>(e, activation, plus); return {};
    case DType::kInt64: map_integers<int64_t>(e, activation, plus); return {};
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

int version(const NodeView& view, int row_version) {
  if (view.input(0).dtype != DType::kInt16) return row_version;
  if (!view.input(0).is_quantized()) return 5;
  return kPotScaleInt16(view.node()) ? 1 : 3;
}

}  // namespace

const OpDef& op_add() {
  static const OpDef def = {
      .name = "ADD",
      .code = 0,
      .options_record = "AddOptions",
      .summary = "y = act(a + b)",
      .inputs = {{"a"}, {"b"}},
      .outputs = {{"y"}},
      .options = {kFusedActivation.info(), kPotScaleInt16.info()},
      .types = {{"float32", {kF32}, {kF32}, 1},
                {"int32", {kI32}, {kI32}, 1},
                {"uint8", {kU8}, {kU8}, 1},
                {"int8", {kI8}, {kI8}, 2},
                {"int16", {kI16}, {kI16}, 3},
                {"int64", {kI64}, {kI64}, 4}},
      .traits = {.output_may_share_input = true},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true,
                       .int16 = true,
                       .inputs = {kActivationRule, kActivationRule},
                       .outputs = {kActivationRule}},
      .layout = {LayoutKind::kBroadcast},
      .version = version,
  };
  return def;
}

}  // namespace pestle::ops
