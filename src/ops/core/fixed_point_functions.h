// Functions of fixed-point numbers as TFLite's integer kernels compute them (gemmlowp's algorithms; formulas in
// docs/semantics.md#functions). "Qi" is an int32 with i integer bits: value = raw / 2^(31-i).
#pragma once

#include <cstdint>

namespace pestle::ops {

// exp(a) for a <= 0 in Q5; the result in Q0.
int32_t exp_of_negative_q5(int32_t a);

// 1/(1+x) for x in [0,1), both in Q0.
int32_t one_over_one_plus(int32_t x);

// 1/x for x > 0 with `integer_bits` integer bits: value (Q0, in (1/2, 1]) * 2^-bits_over_unit.
struct Reciprocal {
  int32_t value = 0;
  int bits_over_unit = 0;
};
Reciprocal reciprocal(uint32_t x, int integer_bits);

// 1/sqrt(x) of an integer x >= 1: value (Q0) * 2^exponent.
struct InverseSqrt {
  int32_t value = 0;
  int exponent = 0;
};
InverseSqrt inverse_sqrt(int32_t x);

// ln(x) in Q5 for x >= 1 in Q12.
int32_t log_q12_to_q5(int32_t x);

}  // namespace pestle::ops
