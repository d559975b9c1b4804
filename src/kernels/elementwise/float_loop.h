// The float loops, written plainly so that the compiler vectorises them for the instruction set of the file that
// includes this. Plain header, internal linkage.
#pragma once

#include "kernels/elementwise/elementwise.h"

namespace pestle::kernels {

static inline float float_clamp(float value, float lo, float hi) {
  value = value < lo ? lo : value;
  return hi < value ? hi : value;
}

template <BinaryOp kOp>
static inline float float_apply(float a, float b) {
  if constexpr (kOp == BinaryOp::kAdd) return a + b;
  if constexpr (kOp == BinaryOp::kSub) return a - b;
  return a * b;
}

template <BinaryOp kOp>
static inline void float_binary(const BinaryArgs& args, int first_row, int last_row) {
  const float lo = args.float_lo, hi = args.float_hi;
  const int columns = args.columns;
  for (ptrdiff_t row = first_row; row < last_row; ++row) {
    const float* a = (const float*)args.a + row * args.a_stride;
    const float* b = (const float*)args.b + row * args.b_stride;
    float* out = (float*)args.out + row * columns;
    if (args.a_step == 0) {
      const float value = *a;
      for (int i = 0; i < columns; ++i) out[i] = float_clamp(float_apply<kOp>(value, b[args.b_step * i]), lo, hi);
    } else if (args.b_step == 0) {
      const float value = *b;
      for (int i = 0; i < columns; ++i) out[i] = float_clamp(float_apply<kOp>(a[i], value), lo, hi);
    } else {
      for (int i = 0; i < columns; ++i) out[i] = float_clamp(float_apply<kOp>(a[i], b[i]), lo, hi);
    }
  }
}

static inline void float_clamp_all(const ClampArgs& args, ptrdiff_t first, ptrdiff_t last) {
  const float lo = args.lo, hi = args.hi;
  for (ptrdiff_t i = first; i < last; ++i) args.out[i] = float_clamp(args.in[i], lo, hi);
}

}  // namespace pestle::kernels
