// SOFTMAX
//   y[r,c] = exp(beta x[r,c]) / sum over k of exp(beta x[r,k]), over the last axis
// 8-bit inputs: fixed-point exp and reciprocal, the sum with 12 integer bits; the result has 8 or 16 bits.
// 16-bit inputs: tables of exp on [-10, 0] and of 1/(1+x) on [0, 1] (docs/semantics.md#softmax).
#include <algorithm>
#include <bit>
#include <cmath>

#include "base/elementary.h"
#include "base/fixed_point.h"
#include "ops/core/fixed_point_functions.h"
#include "ops/core/fused_activation.h"
#include "ops/core/last_axis.h"
#include "ops/core/lookup.h"

namespace pestle::ops {
namespace {

constexpr FloatOption kBeta{"beta", 0.0f};

Status infer(Inference& in) {
  if (in.shape(0).rank() == 0) return fail(ErrorCode::kInvalidModel, "the input is a scalar");
  if (!(kBeta(in.node()) >= 0.0f)) return fail(ErrorCode::kInvalidModel, "beta is negative");
  in.set(0, in.outputs() > 0 && in.declared(0).dtype == DType::kInt16 ? DType::kInt16 : in.dtype(0), in.shape(0));
  return {};
}

void softmax_floats(const Evaluation& e) {
  const float beta = kBeta(e.node);
  std::vector<double> terms(static_cast<size_t>(e.inputs[0].shape().back(0)));
  for_each_row<float, float>(e, [beta, &terms](const float* x, float* y, int64_t length) {
    const float largest = *std::max_element(x, x + length);
    double sum = 0.0;
    for (int64_t i = 0; i < length; ++i) {
      terms[i] = elementary::exp(static_cast<double>((x[i] - largest) * beta));
      sum += terms[i];
    }
    for (int64_t i = 0; i < length; ++i) y[i] = static_cast<float>(terms[i] / sum);
  });
}

template <typename In, typename Out>
void softmax_8bit(const Evaluation& e) {
  constexpr int kInputFractionBits = 26, kSumIntegerBits = 12;
  const double scale = static_cast<double>(kBeta(e.node)) * static_cast<double>(e.inputs[0].scale());
  const FixedMultiplier m = quantize_multiplier(std::min(std::ldexp(scale, kInputFractionBits), 2147483647.0));
  // Differences below this leave the range of the exponential.
  const double lowest = -std::floor(std::ldexp(31.0, kInputFractionBits - m.exponent));
  const auto exponential = [m](int32_t difference) { return exp_of_negative_q5(multiply(difference, m)); };
  const CodeRange range = code_range(e.outputs[0].dtype());
  constexpr int kOutputBits = 8 * static_cast<int>(sizeof(Out));
  for_each_row<In, Out>(e, [&](const In* x, Out* y, int64_t length) {
    const int32_t largest = *std::max_element(x, x + length);
    uint32_t sum = 0;
    for (int64_t i = 0; i < length; ++i) {
      const int32_t difference = x[i] - largest;
      if (difference >= lowest)
        sum += static_cast<uint32_t>(rounding_shift_right(exponential(difference), kSumIntegerBits));
    }
    const Reciprocal inverse = reciprocal(sum, kSumIntegerBits);
    const int shift = inverse.bits_over_unit + 31 - kOutputBits;
    for (int64_t i = 0; i < length; ++i) {
      const int32_t difference = x[i] - largest;
      int32_t code = range.low;
      // Shifts beyond 31 leave nothing of a number below 2^31.
      if (difference >= lowest && shift <= 31) {
        code += rounding_shift_right(multiply_high(inverse.value, exponential(difference)), shift);
      }
      y[i] = static_cast<Out>(std::clamp(code, range.low, range.high));
    }
  });
}

void softmax_int16(const Evaluation& e) {
  constexpr double kCodes = 65535.0;
  static const Lookup16 exponential = lookup_table_16bit(elementary::exp, {10.0 / kCodes, 32767}, {2.0 / kCodes, 0});
  static const Lookup16 one_over_one_plus_table =
      lookup_table_16bit([](double x) { return 1.0 / (1.0 + x); }, {1.0 / kCodes, -32768}, {2.0 / kCodes, 0});
  const auto code = [](int64_t value) { return saturate<int16_t>(value); };
  const float scale = e.inputs[0].scale() * kBeta(e.node);
  const FixedMultiplier m = quantize_multiplier(static_cast<double>(scale) / (10.0 / kCodes));
  for_each_row<int16_t, int16_t>(e, [&](const int16_t* x, int16_t* y, int64_t length) {
    const int32_t largest = *std::max_element(x, x + length);
    uint32_t sum = 0;
    for (int64_t i = 0; i < length; ++i) {
      y[i] = look_up(exponential, code(int64_t{multiply(x[i] - largest, m)} + 32767));
      sum += static_cast<uint32_t>(y[i]);
    }
    // The sum as (1 + f) * 2^k: f, in 16 bits, indexes the table.
    const int zeros = std::countl_zero(sum);
    const int64_t one_plus_f = ((int64_t{sum} << zeros >> 1) + (1 << 13)) >> 14;
    const int64_t inverse = look_up(one_over_one_plus_table, code(one_plus_f - (1 << 16) - (1 << 15)));
    for (int64_t i = 0; i < length; ++i) {
      const int64_t value = (y[i] * inverse + (int64_t{1} << 30 >> zeros)) >> (31 - zeros);
      y[i] = static_cast<int16_t>(std::clamp<int64_t>(value, 0, 32767));
    }
  });
}

Status evaluate(const Evaluation& e) {
  const bool wide = e.outputs[0].dtype() == DType::kInt16;
  switch (e.inputs[0].dtype()) {
    case DType::kFloat32: softmax_floats(e); return {};
    case DType::kInt8: wide ? softmax_8bit<int8_t, int16_t>(e) : softmax_8bit<int8_t, int8_t>(e); return {};
    case DType::kUInt8: wide ? softmax_8bit<uint8_t, int16_t>(e) : softmax_8bit<uint8_t, uint8_t>(e); return {};
    case DType::kInt16: softmax_int16(e); return {};
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

}  // namespace

const OpDef& op_softmax() {
  static const OpDef def = {
      .name = "SOFTMAX",
      .code = 25,
      .options_record = "SoftmaxOptions",
      .summary = "y[r,c] = exp(beta x[r,c]) / sum over k of exp(beta x[r,k])",
      .inputs = {{"input"}},
      .outputs = {{"output"}},
      .options = {kBeta.info()},
      .types = {{"float32", {kF32}, {kF32}, 1},
                {"uint8", {kU8}, {kU8 | kI16}, 1},
                {"int8", {kI8}, {kI8 | kI16}, 2},
                {"int16", {kI16}, {kI16}, 3}},
      .traits = {.output_may_share_input = true,
                 .locality = Locality::kRow,
                 .is_nonnegative = true,
                 .makes_probabilities = true},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true,
                       .int16 = true,
                       .symmetric_int16 = true,
                       .inputs = {kActivationRule},
                       .outputs = {fixed_rule({1.0f / 256, -128, 1.0f / 32768})}},
      .layout = {LayoutKind::kRemaps, {0}, keeps_last_axis},
  };
  return def;
}

}  // namespace pestle::ops
