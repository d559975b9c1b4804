// The fixed-point arithmetic of TFLite's reference kernels (shared by every integer operator). Formulas:
// the rules of TFLite's common.h and gemmlowp's fixedpoint.h, double-rounding variant, as released builds use.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace pestle {

// A positive real number as multiplier * 2^(exponent - 31), multiplier in [2^30, 2^31).
struct FixedMultiplier {
  int32_t multiplier = 0;
  int exponent = 0;
};

// QuantizeMultiplier: nearest such number, ties away from zero; below 2^-32, and
// where it is not finite (a senseless file), it becomes 0.
inline FixedMultiplier quantize_multiplier(double real) {
  if (real == 0.0 || !std::isfinite(real)) return {};
  int exponent = 0;
  const double fraction = std::frexp(real, &exponent);
  auto multiplier = static_cast<int64_t>(std::round(fraction * 2147483648.0));
  if (multiplier == int64_t{1} << 31) {
    multiplier /= 2;
    ++exponent;
  }
  if (exponent < -31) return {};
#ifdef PESTLE_SINGLE_ROUNDING
  if (exponent > 30) return {std::numeric_limits<int32_t>::max(), 30};
#endif
  return {static_cast<int32_t>(multiplier), exponent};
}

// SaturatingRoundingDoublingHighMul: round(a * b / 2^31), ties toward plus infinity.
inline int32_t multiply_high(int32_t a, int32_t b) {
  if (a == b && a == std::numeric_limits<int32_t>::min()) return std::numeric_limits<int32_t>::max();
  const int64_t product = static_cast<int64_t>(a) * b;
  const int64_t nudge = product >= 0 ? int64_t{1} << 30 : 1 - (int64_t{1} << 30);
  return static_cast<int32_t>((product + nudge) / (int64_t{1} << 31));
}

inline int16_t multiply_high(int16_t a, int16_t b) {
  if (a == b && a == std::numeric_limits<int16_t>::min()) return std::numeric_limits<int16_t>::max();
  const int32_t product = int32_t{a} * b;
  const int32_t nudge = product >= 0 ? 1 << 14 : 1 - (1 << 14);
  return static_cast<int16_t>((product + nudge) / (1 << 15));
}

// RoundingDivideByPOT: round(x / 2^n), ties away from zero; 0 <= n <= 31.
inline int32_t rounding_shift_right(int32_t x, int n) {
  const auto mask = static_cast<int32_t>((int64_t{1} << n) - 1);
  const int32_t remainder = x & mask;
  const int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> n) + (remainder > threshold ? 1 : 0);
}

// x * 2^n, wrapping: 0 from 32 on.
inline int32_t wrapping_shift_left(int32_t x, int n) {
  return n > 31 ? 0 : static_cast<int32_t>(static_cast<uint32_t>(x) << n);
}

// MultiplyByQuantizedMultiplier: x * m, rounded twice (once by multiply_high, once by the shift).
inline int32_t multiply(int32_t x, FixedMultiplier m) {
#ifdef PESTLE_SINGLE_ROUNDING
  // Only for the test that proves that the parity harness can fail.
  const int shift = 31 - m.exponent;
  return static_cast<int32_t>((static_cast<int64_t>(x) * m.multiplier + (int64_t{1} << (shift - 1))) >> shift);
#else
  const int left = std::max(m.exponent, 0);
  const int right = std::max(-m.exponent, 0);
  return rounding_shift_right(multiply_high(wrapping_shift_left(x, left), m.multiplier), right);
#endif
}

// The 64-bit form used with int64 accumulators: a 16-bit multiplier, one rounding. |x| < 2^47, exponent < 8; larger
// exponents, which only a senseless file has, are taken as 14 so that the shift stays defined.
inline int32_t multiply(int64_t x, FixedMultiplier m) {
  const int64_t reduced = m.multiplier < 0x7fff0000 ? (m.multiplier + (1 << 15)) >> 16 : 0x7fff;
  const int total = std::max(15 - m.exponent, 1);
  return static_cast<int32_t>((x * reduced + (int64_t{1} << (total - 1))) >> total);
}

template <typename T>
T saturate(int64_t value) {
  return static_cast<T>(std::clamp<int64_t>(value, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
}

// TfLiteRound: half away from zero.
inline double round_away(double value) { return std::round(value); }
inline float round_away(float value) { return std::round(value); }

}  // namespace pestle
