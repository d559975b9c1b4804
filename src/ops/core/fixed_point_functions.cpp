#include "ops/core/fixed_point_functions.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "base/fixed_point.h"

namespace pestle::ops {
namespace {

int32_t wrapping_add(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}
int32_t wrapping_subtract(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) - static_cast<uint32_t>(b));
}
int32_t saturating_shift_left(int32_t x, int n) {
  return saturate<int32_t>(static_cast<int64_t>(x) * (int64_t{1} << n));
}

// (a + b) / 2, halves away from zero.
int32_t half_sum(int32_t a, int32_t b) {
  const int64_t sum = static_cast<int64_t>(a) + b;
  return static_cast<int32_t>((sum + (sum >= 0 ? 1 : -1)) / 2);
}

// exp(a) for a in [-1/4, 0), Q0: a Taylor series of the fourth degree around -1/8.
int32_t exp_of_last_quarter(int32_t a) {
  constexpr int32_t kExpOfMinusEighth = 1895147668;
  constexpr int32_t kThird = 715827883;
  const int32_t x = a + (1 << 28);
  const int32_t x2 = multiply_high(x, x);
  const int32_t x3 = multiply_high(x2, x);
  const int32_t x4 = multiply_high(x2, x2);
  const int32_t thirds = multiply_high(wrapping_add(rounding_shift_right(x4, 2), x3), kThird);
  const int32_t rest = rounding_shift_right(wrapping_add(thirds, x2), 1);
  return wrapping_add(kExpOfMinusEighth, multiply_high(kExpOfMinusEighth, wrapping_add(x, rest)));
}

}  // namespace

int32_t exp_of_negative_q5(int32_t a) {
  constexpr int kFractionBits = 26;
  constexpr int32_t kQuarter = 1 << (kFractionBits - 2);
  // exp(-2^k) in Q0 for k = -2 ... 4.
  constexpr int32_t kExpOfMinusPower[] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  if (a == 0) return std::numeric_limits<int32_t>::max();
  const int32_t fraction = (a & (kQuarter - 1)) - kQuarter;
  int32_t result = exp_of_last_quarter(saturating_shift_left(fraction, 5));
  const int32_t quarters = wrapping_subtract(fraction, a);
  for (int k = -2; k <= 4; ++k) {
    if (quarters & (1 << (kFractionBits + k))) result = multiply_high(result, kExpOfMinusPower[k + 2]);
  }
  return result;
}

// Newton's iteration for the half denominator d: y += y * (1 - d*y), y in Q2, started at 48/17 - 32/17 d.
int32_t one_over_one_plus(int32_t x) {
  constexpr int32_t kOneInQ2 = 1 << 29;
  const int32_t half_denominator = half_sum(x, std::numeric_limits<int32_t>::max());
  int32_t y = wrapping_add(1515870810, multiply_high(half_denominator, -1010580540));
  for (int i = 0; i < 3; ++i) {
    const int32_t error = wrapping_subtract(kOneInQ2, multiply_high(half_denominator, y));
    y = wrapping_add(y, saturating_shift_left(multiply_high(y, error), 2));
  }
  return saturating_shift_left(y, 1);
}

Reciprocal reciprocal(uint32_t x, int integer_bits) {
  const int leading_zeros = std::countl_zero(x);
  const auto fraction = static_cast<uint32_t>(uint64_t{x} << leading_zeros) - (uint32_t{1} << 31);
  return {one_over_one_plus(static_cast<int32_t>(fraction)), integer_bits - leading_zeros};
}

// Newton's iteration y += y * (1 - x*y^2) / 2 in Q3, after x was brought to [1/4, 1) by factors of 4.
InverseSqrt inverse_sqrt(int32_t x) {
  constexpr int32_t kOneInQ3 = 1 << 28;
  constexpr int32_t kThreeHalvesInQ3 = kOneInQ3 + kOneInQ3 / 2;
  constexpr int32_t kSqrtHalf = 1518500250;
  if (x <= 1) return {std::numeric_limits<int32_t>::max(), 0};
  int shift = 11;
  for (; x >= (1 << 29); ++shift) x /= 4;
  const int pairs = (std::countl_zero(static_cast<uint32_t>(x)) - 1) / 2 - 1;
  shift -= pairs;
  x <<= 2 * pairs;
  const int32_t half = rounding_shift_right(x >> 1, 1);
  int32_t y = kOneInQ3;
  for (int i = 0; i < 5; ++i) {
    const int32_t cube = saturating_shift_left(multiply_high(multiply_high(y, y), y), 6);
    y = saturating_shift_left(wrapping_subtract(multiply_high(kThreeHalvesInQ3, y), multiply_high(half, cube)), 3);
  }
  y = multiply_high(y, kSqrtHalf);
  return shift < 0 ? InverseSqrt{wrapping_shift_left(y, -shift), 0} : InverseSqrt{y, -shift};
}

// x = r * 2^z; two candidates of (r, z) half a bit apart, of which the one nearer to the middle of the series is
// taken; then a rational approximation of ln(r) in terms of q = 2 (r - sqrt(sqrt(1/2))).
int32_t log_q12_to_q5(int32_t x) {
  constexpr int kInputBits = 12;
  constexpr int kSumFractionBits = 25;  // Q6: one bit of headroom over the result
  constexpr int32_t kLn2 = 1488522236, kSqrtHalf = 1518500250, kFourthRootOfHalf = 1805811301;
  constexpr int32_t kAlphaN = 117049297, kAlphaD = 127690142, kAlphaI = 1057819769, kAlphaF = 638450708;
  constexpr int32_t kQuarter = 1 << (kSumFractionBits - 2);
  const int zeros = std::countl_zero(static_cast<uint32_t>(x));
  const int32_t r_a = saturating_shift_left(multiply_high(saturating_shift_left(x, zeros - 1), kSqrtHalf), 1);
  const int32_t z_a =
      saturate<int32_t>(int64_t{saturating_shift_left(kInputBits - zeros, kSumFractionBits)} + kQuarter);
  const int zeros_b = std::countl_zero(static_cast<uint32_t>(multiply_high(x, kSqrtHalf))) - 1;
  const int32_t r_b = saturating_shift_left(x, zeros_b);
  const int32_t z_b =
      saturate<int32_t>(int64_t{saturating_shift_left(kInputBits - zeros_b, kSumFractionBits)} - kQuarter);
  const int32_t r = std::min(r_a, r_b);
  const int32_t z = std::max(z_a, z_b);
  const int32_t p = half_sum(r, kFourthRootOfHalf);
  const int32_t q = wrapping_shift_left(wrapping_subtract(r, kFourthRootOfHalf), 1);
  const int32_t square = multiply_high(q, q);
  const int32_t numerator = wrapping_add(multiply_high(q, r), multiply_high(multiply_high(q, square), kAlphaN));
  const int32_t series = wrapping_add(wrapping_add(kAlphaI, q), multiply_high(kAlphaD, square));
  const int32_t denominator = wrapping_add(multiply_high(p, series), multiply_high(kAlphaF, q));
  const int32_t mantissa = multiply_high(rounding_shift_right(numerator, 6), one_over_one_plus(denominator));
  return saturating_shift_left(wrapping_add(multiply_high(z, kLn2), mantissa), 1);
}

}  // namespace pestle::ops
