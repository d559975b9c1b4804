// Functions of 16-bit fixed-point numbers as the gates of TFLite's integer LSTM compute them (gemmlowp's algorithms;
// formulas in docs/semantics.md#functions-16). "Qi" is an int16 with i integer bits: value = raw / 2^(15-i).
#pragma once

#include <cstdint>

namespace pestle::ops {

// 1 / (1 + exp(-x)) for x in Q3; the result in Q0.
int16_t logistic_q3(int16_t x);

// tanh(x) for x with `integer_bits` integer bits, 0 to 6; the result in Q0.
int16_t tanh_int16(int16_t x, int integer_bits);

}  // namespace pestle::ops
