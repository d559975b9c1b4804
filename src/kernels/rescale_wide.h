// multiply(int64, FixedMultiplier) of base/fixed_point.h on a few lanes, bit for bit, then zero point, clamp and the
// narrowing to int16. Written plainly, so that the compiler vectorises it for the instruction set of the file that
// includes this. Plain header, internal linkage.
#pragma once

#include <stdint.h>
#include <string.h>

namespace pestle::kernels {

// kLanes multipliers, taken apart once for many sums.
template <int kLanes>
struct WideScale {
  int64_t factor[kLanes], half[kLanes];
  uint64_t shift[kLanes];
  uint64_t floor[kLanes];  // 2^63 >> shift
};

// From packed multipliers and exponents, kLanes each; they need not be aligned.
template <int kLanes>
static inline WideScale<kLanes> wide_scale(const char* multipliers, const char* exponents) {
  int32_t m[kLanes], e[kLanes];
  memcpy(m, multipliers, sizeof(m));
  memcpy(e, exponents, sizeof(e));
  WideScale<kLanes> scale;
  for (int i = 0; i < kLanes; ++i) {
    scale.factor[i] = m[i] < 0x7fff0000 ? (m[i] + (1 << 15)) >> 16 : 0x7fff;
    const int shift = 15 - e[i] > 1 ? 15 - e[i] : 1;
    scale.shift[i] = (uint64_t)shift;
    scale.half[i] = (int64_t)1 << (shift - 1);
    scale.floor[i] = ((uint64_t)1 << 63) >> shift;
  }
  return scale;
}

struct WideRange {
  int32_t zero, lo, hi;
};

// Sums wrap as unsigned numbers. A shift of unsigned numbers, moved up by 2^63 before and down after, is the shift of
// signed ones, which AVX2 lacks.
template <int kLanes>
static inline void rescale_wide(const int64_t* sums, const WideScale<kLanes>& scale, WideRange range, int16_t* out) {
  for (int i = 0; i < kLanes; ++i) {
    const uint64_t product = (uint64_t)sums[i] * (uint64_t)scale.factor[i] + (uint64_t)scale.half[i];
    const uint64_t shifted = (product + ((uint64_t)1 << 63)) >> scale.shift[i];
    const int64_t value = (int64_t)(int32_t)(shifted - scale.floor[i]) + range.zero;
    const int64_t above = value < range.lo ? range.lo : value;
    out[i] = (int16_t)(above > range.hi ? range.hi : above);
  }
}

}  // namespace pestle::kernels
