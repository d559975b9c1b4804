#include "ops/core/fixed_point_int16.h"

#include <limits>

#include "base/fixed_point.h"

namespace pestle::ops {
namespace {

constexpr int16_t kOneInQ0 = std::numeric_limits<int16_t>::max();
constexpr int16_t kOneInQ2 = 1 << 13;

int16_t wrap(int32_t value) { return static_cast<int16_t>(value); }
int16_t saturating_shift_left(int16_t x, int n) { return saturate<int16_t>(int64_t{x} * (1 << n)); }
int16_t shift_right(int16_t x, int n) { return wrap(rounding_shift_right(x, n)); }

// exp(a) for a in [-1/4, 0), Q0: a Taylor series of the fourth degree around -1/8.
int16_t exp_of_last_quarter(int16_t a) {
  constexpr int16_t kExpOfMinusEighth = 28918;
  constexpr int16_t kThird = 10923;
  const int16_t x = wrap(a + (1 << 12));
  const int16_t x2 = multiply_high(x, x);
  const int16_t x3 = multiply_high(x2, x);
  const int16_t x4 = multiply_high(x2, x2);
  const int16_t thirds = multiply_high(wrap(shift_right(x4, 2) + x3), kThird);
  const int16_t rest = shift_right(wrap(thirds + x2), 1);
  return saturate<int16_t>(kExpOfMinusEighth + multiply_high(kExpOfMinusEighth, wrap(x + rest)));
}

// exp(a) for a <= 0 with 1 to 7 integer bits; the result in Q0.
int16_t exp_of_negative(int16_t a, int integer_bits) {
  // exp(-2^k) in Q0 for k = -2 ... 4: the last one is less than half a step.
  constexpr int16_t kExpOfMinusPower[] = {25520, 19875, 12055, 4435, 600, 11, 0};
  if (a == 0) return kOneInQ0;
  const int fraction_bits = 15 - integer_bits;
  if (integer_bits > 5 && a < -(1 << (fraction_bits + 5))) return 0;
  const int16_t quarter = wrap(1 << (fraction_bits - 2));
  const int16_t fraction = wrap((a & (quarter - 1)) - quarter);
  int16_t result = exp_of_last_quarter(saturating_shift_left(fraction, integer_bits));
  const int16_t quarters = wrap(fraction - a);
  for (int k = -2; k <= 4 && k < integer_bits; ++k) {
    if (quarters & (1 << (fraction_bits + k))) result = multiply_high(result, kExpOfMinusPower[k + 2]);
  }
  return result;
}

// 2 / (1 + x) in Q2 for x in [0, 1] in Q0: Newton's iteration for the half denominator.
int16_t two_over_one_plus(int16_t x) {
  const int16_t half_denominator = wrap((int32_t{x} + kOneInQ0 + 1) / 2);
  int16_t y = wrap(23130 + multiply_high(half_denominator, int16_t{-15420}));
  for (int i = 0; i < 3; ++i) {
    const int16_t error = wrap(kOneInQ2 - multiply_high(half_denominator, y));
    y = wrap(y + saturating_shift_left(multiply_high(y, error), 2));
  }
  return y;
}

}  // namespace

int16_t logistic_q3(int16_t x) {
  if (x == 0) return 1 << 14;
  const int16_t negative = x > 0 ? wrap(-x) : x;
  const int16_t result = saturating_shift_left(two_over_one_plus(exp_of_negative(negative, 3)), 1);
  return x > 0 ? result : wrap(kOneInQ0 - result);
}

// tanh(-x) = -(1 - e) / (1 + e) = -(2 / (1 + e) - 1) with e = exp(-2x): twice a number is that number with an integer
// bit more.
int16_t tanh_int16(int16_t x, int integer_bits) {
  if (x == 0) return 0;
  const int16_t negative = x < 0 ? x : wrap(-x);
  const int16_t reciprocal = two_over_one_plus(exp_of_negative(negative, integer_bits + 1));
  const int16_t result = saturating_shift_left(wrap(reciprocal - kOneInQ2), 2);
  return x < 0 ? wrap(-result) : result;
}

}  // namespace pestle::ops
