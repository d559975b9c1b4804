// RSQRT
//   y = 1 / sqrt(x)
// int8 in fixed point; int16 is a table (docs/semantics.md#elementwise). The code of 0 gives the largest code.
#include <algorithm>
#include <cmath>

#include "base/fixed_point.h"
#include "ops/core/fixed_point_functions.h"
#include "ops/core/fused_activation.h"
#include "ops/core/lookup_operator.h"

namespace pestle::ops {
namespace {

template <typename Code>
Status check_sign(const InputOperand& x) {
  const Code* first = x.as<Code>();
  const bool has_negative = std::any_of(first, first + x.elements(), [&x](Code code) { return code < x.zero_point(); });
  return has_negative ? Status(fail(ErrorCode::kInvalidModel, "the square root of a negative number")) : Status();
}

int8_t rsqrt_code(int32_t x, FixedMultiplier scale, int32_t zero) {
  constexpr int kExtraBits = 20;
  if (x == 0) return 127;
  const InverseSqrt inverse = inverse_sqrt(x);
  const int32_t fine = multiply(int32_t{1}, {inverse.value, inverse.exponent + kExtraBits});
  return saturate<int8_t>(int64_t{multiply(fine, {scale.multiplier, scale.exponent - kExtraBits})} + zero);
}

void evaluate_int8(const Evaluation& e) {
  const float unit = std::sqrt(e.inputs[0].scale()) * e.outputs[0].scale();
  const FixedMultiplier scale = quantize_multiplier(static_cast<double>(1.0f / unit));
  const int32_t zero_x = e.inputs[0].zero_point(), zero_y = e.outputs[0].zero_point();
  map_unary<int8_t>(e, [=](int32_t code) { return rsqrt_code(code - zero_x, scale, zero_y); });
}

Status evaluate(const Evaluation& e) {
  const ir::Type& y = *e.outputs[0].type;
  switch (y.dtype) {
    case DType::kFloat32: map_unary<float>(e, [](float x) { return 1.0f / std::sqrt(x); }); return {};
    case DType::kInt8:
      PESTLE_TRY(check_sign<int8_t>(e.inputs[0]));
      evaluate_int8(e);
      return {};
    case DType::kInt16: {
      PESTLE_TRY(check_sign<int16_t>(e.inputs[0]));
      const float highest = y.scale() * static_cast<float>(code_range(y.dtype).high - y.zero_point());
      return evaluate_by_table(e, [highest](float x) { return x <= 0 ? highest : 1.0f / std::sqrt(x); });
    }
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

}  // namespace

const OpDef& op_rsqrt() {
  static const OpDef def = [] {
    OpDef rsqrt = unary_operator("RSQRT", 76);
    rsqrt.summary = "y = 1 / sqrt(x)";
    rsqrt.types = {{"float32", {kF32}, {kF32}, 1}, {"int8", {kI8}, {kI8}, 2}, {"int16", {kI16}, {kI16}, 3}};
    rsqrt.evaluate = evaluate;
    rsqrt.quantization = unary_quantization(true);
    return rsqrt;
  }();
  return def;
}

}  // namespace pestle::ops
