// HARD_SWISH
//   y = x * min(max(x + 3, 0), 6) / 6
// 8 bits: 16-bit fixed point with 7 extra bits (docs/semantics.md#elementwise).
#include <algorithm>

#include "base/fixed_point.h"
#include "ops/core/fused_activation.h"
#include "ops/core/op_def.h"
#include "ops/core/requantize.h"
#include "ops/core/unary.h"

namespace pestle::ops {
namespace {

// A multiplier of 15 significant bits: multiplier * 2^(exponent - 15).
struct ShortMultiplier {
  int16_t multiplier = 0;
  int exponent = 0;
};

ShortMultiplier short_multiplier(float real) {
  const FixedMultiplier wide = quantize_multiplier(static_cast<double>(real));
  const int64_t rounded = (int64_t{wide.multiplier} + (1 << 15)) >> 16;
  return {saturate<int16_t>(rounded), wide.exponent};
}

// Scales between the input with 7 extra bits, the output, and the gate in units of 3 / 2^15.
struct Scales {
  ShortMultiplier to_output;
  ShortMultiplier to_gate;
};

Scales scales_of(const ir::Type& x, const ir::Type& y) {
  const float fine = (1.0f / 128.0f) * x.scale();
  return {short_multiplier(fine / y.scale()), short_multiplier(fine / (3.0f / 32768.0f))};
}

Status infer(Inference& in) {
  const ir::Type& x = in.type(0);
  const ir::Type& y = in.declared(0);
  if (has_scale(x) && has_scale(y) && scales_of(x, y).to_output.exponent > 0) {
    return fail(ErrorCode::kInvalidModel, "the output's scale is too small for the input's scale");
  }
  return infer_unary(in);
}

// min(max(x + 3, 0), 6) / 6 in units of 2^-15, of x in units of the fine scale. The last doubling saturates.
int32_t gate_of(int16_t fine, ShortMultiplier m) {
  int16_t value = fine;
  if (m.exponent > 0) value = saturate<int16_t>(int64_t{value} << (m.exponent - 1));
  value = multiply_high(value, m.multiplier);
  if (m.exponent > 0) value = saturate<int16_t>(int64_t{value} * 2);
  if (m.exponent < 0) value = static_cast<int16_t>(rounding_shift_right(value, -m.exponent));
  return (value + (1 << 15)) >> 1;
}

template <typename Code>
void evaluate_quantized(const Evaluation& e) {
  const Scales scales = scales_of(*e.inputs[0].type, *e.outputs[0].type);
  const int32_t zero_x = e.inputs[0].zero_point(), zero_y = e.outputs[0].zero_point();
  map_unary<Code>(e, [=](int32_t code) {
    const auto fine = static_cast<int16_t>((code - zero_x) * 128);
    const int32_t value = multiply_high(fine, scales.to_output.multiplier);
    const int32_t gated = gate_of(fine, scales.to_gate) * value / (1 << 15);
    return saturate<Code>(int64_t{rounding_shift_right(gated, -scales.to_output.exponent)} + zero_y);
  });
}

Status evaluate(const Evaluation& e) {
  switch (e.inputs[0].dtype()) {
    case DType::kFloat32:
      map_unary<float>(e, [](float x) { return x * clamp_to(x + 3.0f, {0.0f, 6.0f}) / 6.0f; });
      return {};
    case DType::kInt8: evaluate_quantized<int8_t>(e); return {};
    case DType::kUInt8: evaluate_quantized<uint8_t>(e); return {};
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

}  // namespace

const OpDef& op_hard_swish() {
  static const OpDef def = {
      .name = "HARD_SWISH",
      .code = 117,
      .options_record = "HardSwishOptions",
      .summary = "y = x * min(max(x + 3, 0), 6) / 6",
      .inputs = {{"x"}},
      .outputs = {{"y"}},
      .options = {},
      .types = {{"float32", {kF32}, {kF32}, 1}, {"uint8", {kU8}, {kU8}, 1}, {"int8", {kI8}, {kI8}, 1}},
      .traits = {.output_may_share_input = true, .locality = Locality::kElement},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true, .inputs = {kActivationRule}, .outputs = {kActivationRule}},
      .layout = {LayoutKind::kFree},
  };
  return def;
}

}  // namespace pestle::ops
