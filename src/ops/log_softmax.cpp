// LOG_SOFTMAX
//   y[r,c] = x[r,c] - ln(sum over k of exp(x[r,k])), over the last axis
// uint8: float32 with a table of exp. int8: fixed-point exp and ln (docs/semantics.md#softmax); the output has scale
// 16/256 and zero point 127.
#include <algorithm>
#include <array>
#include <cmath>

#include "base/elementary.h"
#include "base/fixed_point.h"
#include "ops/core/fixed_point_functions.h"
#include "ops/core/last_axis.h"

namespace pestle::ops {
namespace {

Status infer(Inference& in) {
  if (in.shape(0).rank() == 0) return fail(ErrorCode::kInvalidModel, "the input is a scalar");
  in.set(0, in.dtype(0), in.shape(0));
  return {};
}

void log_softmax_floats(const Evaluation& e) {
  for_each_row<float, float>(e, [](const float* x, float* y, int64_t length) {
    const double largest = *std::max_element(x, x + length);
    double sum = 0.0;
    for (int64_t i = 0; i < length; ++i) sum += elementary::exp(x[i] - largest);
    const double log_sum = elementary::log(sum);
    for (int64_t i = 0; i < length; ++i) y[i] = static_cast<float>(x[i] - largest - log_sum);
  });
}

void log_softmax_int8(const Evaluation& e) {
  constexpr int kFractionBits = 26, kSumIntegerBits = 12, kOutputShift = 22;
  constexpr int32_t kOutputZero = 127;
  const double scale = std::ldexp(static_cast<double>(e.inputs[0].scale()), kFractionBits);
  const FixedMultiplier m = quantize_multiplier(std::min(scale, 2147483647.0));
  // The way back, from Q5 to steps of the input. A multiplier of 0 (a scale near 0) has none.
  const FixedMultiplier inverse = quantize_multiplier(std::ldexp(1.0, 31 - m.exponent) / std::max(m.multiplier, 1));
  // Differences below this leave the range of the exponential.
  const double lowest = -std::floor(std::ldexp(31.0, kFractionBits - m.exponent));
  for_each_row<int8_t, int8_t>(e, [=](const int8_t* x, int8_t* y, int64_t length) {
    const int32_t largest = *std::max_element(x, x + length);
    uint32_t sum = 0;
    for (int64_t i = 0; i < length; ++i) {
      const int32_t difference = x[i] - largest;
      if (difference < lowest) continue;
      sum += static_cast<uint32_t>(rounding_shift_right(exp_of_negative_q5(multiply(difference, m)), kSumIntegerBits));
    }
    const int32_t log_sum = log_q12_to_q5(saturate<int32_t>(sum));
    const auto shifted = static_cast<int32_t>(static_cast<uint32_t>(log_sum) - (uint32_t{1} << 31));
    const double bound = std::max<double>(lowest - 1, multiply(shifted, inverse));
    for (int64_t i = 0; i < length; ++i) {
      const int32_t difference = x[i] - largest;
      int32_t code = -128;
      if (difference > bound)
        code = rounding_shift_right(multiply(difference, m) - log_sum, kOutputShift) + kOutputZero;
      y[i] = saturate<int8_t>(code);
    }
  });
}

// In float32: a table of exp, the sum in the order of the row, halves rounded to even.
void log_softmax_uint8(const Evaluation& e) {
  const float scale = e.inputs[0].scale();
  const float y_scale = e.outputs[0].scale();
  const auto y_zero = static_cast<float>(e.outputs[0].zero_point());
  std::array<float, 256> exponential{};  // by distance from the largest code
  for (int i = 0; i < 256; ++i) exponential[i] = static_cast<float>(elementary::exp(-scale * static_cast<float>(i)));
  for_each_row<uint8_t, uint8_t>(e, [&](const uint8_t* x, uint8_t* y, int64_t length) {
    const uint8_t largest = *std::max_element(x, x + length);
    float sum = 0.0f;
    for (int64_t i = 0; i < length; ++i) sum += exponential[largest - x[i]];
    const auto log_sum = static_cast<float>(elementary::log(sum));
    const float subtrahend = (scale * largest + log_sum) / y_scale;
    for (int64_t i = 0; i < length; ++i) {
      const float code = std::nearbyint(scale / y_scale * x[i] - subtrahend) + y_zero;
      y[i] = static_cast<uint8_t>(std::clamp(code, 0.0f, 255.0f));
    }
  });
}

Status evaluate(const Evaluation& e) {
  switch (e.inputs[0].dtype()) {
    case DType::kFloat32: log_softmax_floats(e); return {};
    case DType::kUInt8: log_softmax_uint8(e); return {};
    case DType::kInt8: log_softmax_int8(e); return {};
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

}  // namespace

const OpDef& op_log_softmax() {
  static const OpDef def = {
      .name = "LOG_SOFTMAX",
      .code = 50,
      .options_record = "LogSoftmaxOptions",
      .summary = "y[r,c] = x[r,c] - ln(sum over k of exp(x[r,k]))",
      .inputs = {{"input"}},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"float32", {kF32}, {kF32}, 1}, {"uint8", {kU8}, {kU8}, 1}, {"int8", {kI8}, {kI8}, 2}},
      .traits = {.output_may_share_input = true, .locality = Locality::kRow},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true, .inputs = {kActivationRule}, .outputs = {fixed_rule({16.0f / 256, 127})}},
      .layout = {LayoutKind::kRemaps, {0}, keeps_last_axis},
  };
  return def;
}

}  // namespace pestle::ops
