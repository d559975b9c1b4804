// L2_NORMALIZATION
//   y[r, i] = x[r, i] / max(sqrt(sum over k of x[r, k]^2), 1e-6) along the last axis.
// int8: scale 1/128, zero point 0; uint8: 1/128 and 128. With d = q - z and 1/sqrt(sum of d^2) = v * 2^e
// (docs/semantics.md#functions): int8 d * v * 2^(e+7), uint8 128 + (128 d) * v * 2^e.
#include <algorithm>
#include <cmath>

#include "base/fixed_point.h"
#include "ops/core/fixed_point_functions.h"
#include "ops/core/fused_activation.h"
#include "ops/core/last_axis.h"

namespace pestle::ops {
namespace {

Status infer(Inference& in) {
  if (in.shape(0).rank() < 1) return fail(ErrorCode::kInvalidModel, "the input is a scalar");
  if (kFusedActivation(in.node()) != FusedActivation::kNone)
    return fail(ErrorCode::kUnsupported, "L2_NORMALIZATION has no fused activation");
  in.set(0, in.dtype(0), in.shape(0));
  return {};
}

void normalize_floats(const float* x, float* y, int64_t length) {
  float sum = 0.0f;
  for (int64_t i = 0; i < length; ++i) sum += x[i] * x[i];
  const float norm = std::max(std::sqrt(sum), 1e-6f);
  for (int64_t i = 0; i < length; ++i) y[i] = x[i] / norm;
}

template <typename T>
void normalize_codes(const Evaluation& e) {
  constexpr bool kUnsigned = std::is_unsigned_v<T>;
  const int32_t zero = e.inputs[0].zero_point();
  for_each_row<T, T>(e, [=](const T* x, T* y, int64_t length) {
    int64_t sum = 0;
    for (int64_t i = 0; i < length; ++i) sum += int64_t{x[i] - zero} * (x[i] - zero);
    const InverseSqrt norm = inverse_sqrt(static_cast<int32_t>(std::clamp<int64_t>(sum, 1, INT32_MAX)));
    const FixedMultiplier factor{norm.value, kUnsigned ? norm.exponent : norm.exponent + 7};
    for (int64_t i = 0; i < length; ++i) {
      const int32_t difference = x[i] - zero;
      y[i] = saturate<T>(kUnsigned ? 128 + multiply(128 * difference, factor) : multiply(difference, factor));
    }
  });
}

Status evaluate(const Evaluation& e) {
  switch (e.inputs[0].dtype()) {
    case DType::kFloat32: for_each_row<float, float>(e, normalize_floats); return {};
    case DType::kInt8: normalize_codes<int8_t>(e); return {};
    case DType::kUInt8: normalize_codes<uint8_t>(e); return {};
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

}  // namespace

const OpDef& op_l2_normalization() {
  static const OpDef def = {
      .name = "L2_NORMALIZATION",
      .code = 11,
      .options_record = "L2NormOptions",
      .summary = "y[r,i] = x[r,i] / sqrt(sum x[r,k]^2)",
      .inputs = {{"input"}},
      .outputs = {{"output"}},
      .options = {kFusedActivation.info()},
      .types = {{"float32", {kF32}, {kF32}, 1}, {"uint8", {kU8}, {kU8}, 1}, {"int8", {kI8}, {kI8}, 2}},
      .traits = {.locality = Locality::kRow},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true,
                       .inputs = {kActivationRule},
                       .outputs = {fixed_rule({.int8_scale = 1.0f / 128, .int8_zero_point = 0})}},
      .layout = {LayoutKind::kRemaps, {0}, keeps_last_axis},
  };
  return def;
}

}  // namespace pestle::ops
