// multiply(int32, FixedMultiplier) of base/fixed_point.h on 8 lanes, bit for bit. Plain header for AVX2 files.
#pragma once

#include <immintrin.h>
#include <stdint.h>

namespace pestle::kernels {

struct FixedAvx2 {
  __m256i even, odd;        // multipliers of the even and of the odd lanes, each in the low half of 64 bits
  __m256i left, right;      // shifts
  __m256i mask, threshold;  // of the rounding right shift
};

static inline FixedAvx2 fixed_avx2(__m256i multipliers, __m256i exponents) {
  const __m256i none = _mm256_setzero_si256(), one = _mm256_set1_epi32(1);
  const __m256i right = _mm256_max_epi32(_mm256_sub_epi32(none, exponents), none);
  const __m256i mask = _mm256_sub_epi32(_mm256_sllv_epi32(one, right), one);
  return {multipliers, _mm256_srli_epi64(multipliers, 32), _mm256_max_epi32(exponents, none), right,
          mask,        _mm256_srli_epi32(mask, 1)};
}

// (x * m + 2^30) >> 31 of the even and of the odd multipliers: both half-rounding rules of the reference's
// SaturatingRoundingDoublingHighMul in one, as m is not negative.
static inline __m256i multiply_high_avx2(__m256i x, __m256i even_m, __m256i odd_m) {
  const __m256i half = _mm256_set1_epi64x(int64_t{1} << 30);
  const __m256i even = _mm256_add_epi64(_mm256_mul_epi32(x, even_m), half);
  const __m256i odd = _mm256_add_epi64(_mm256_mul_epi32(_mm256_srli_epi64(x, 32), odd_m), half);
  return _mm256_blend_epi32(_mm256_srli_epi64(even, 31), _mm256_slli_epi64(odd, 1), 0xaa);
}

static inline __m256i multiply_avx2(__m256i x, const FixedAvx2& f) {
  const __m256i high = multiply_high_avx2(_mm256_sllv_epi32(x, f.left), f.even, f.odd);
  // Ties away from zero: a negative value needs one more than half.
  const __m256i threshold = _mm256_sub_epi32(f.threshold, _mm256_srai_epi32(high, 31));
  const __m256i up = _mm256_cmpgt_epi32(_mm256_and_si256(high, f.mask), threshold);
  return _mm256_sub_epi32(_mm256_srav_epi32(high, f.right), up);
}

// The same in fewer steps for exponents in [-30, 0] and |x| <= 2^30 + 2^29: nothing is shifted left, and adding half of
// the divisor (at most 2^29) cannot overflow.
struct FixedDownAvx2 {
  __m256i even, odd;
  __m256i right, half;
  __m256i shifts;  // all ones in lanes with a shift: without one there is nothing to round
};

static inline FixedDownAvx2 fixed_down_avx2(__m256i multipliers, __m256i exponents) {
  const __m256i none = _mm256_setzero_si256(), right = _mm256_sub_epi32(none, exponents);
  const __m256i half = _mm256_srli_epi32(_mm256_sllv_epi32(_mm256_set1_epi32(1), right), 1);
  return {multipliers, _mm256_srli_epi64(multipliers, 32), right, half, _mm256_cmpgt_epi32(right, none)};
}

// True if the exponents allow it and |bias| <= 2^30: sums may then add up to 2^29.
static inline bool fits_down_avx2(__m256i exponents, __m256i bias) {
  const __m256i high = _mm256_cmpgt_epi32(exponents, _mm256_setzero_si256());
  const __m256i low = _mm256_cmpgt_epi32(_mm256_set1_epi32(-30), exponents);
  const __m256i above = _mm256_cmpgt_epi32(bias, _mm256_set1_epi32(1 << 30));
  const __m256i below = _mm256_cmpgt_epi32(_mm256_set1_epi32(-(1 << 30)), bias);
  const __m256i any = _mm256_or_si256(_mm256_or_si256(high, low), _mm256_or_si256(above, below));
  return _mm256_testz_si256(any, any) != 0;
}

static inline __m256i multiply_down_avx2(__m256i x, const FixedDownAvx2& f) {
  const __m256i high = multiply_high_avx2(x, f.even, f.odd);
  const __m256i sign = _mm256_and_si256(_mm256_srai_epi32(high, 31), f.shifts);  // ties go away from zero
  return _mm256_srav_epi32(_mm256_add_epi32(_mm256_add_epi32(high, f.half), sign), f.right);
}

}  // namespace pestle::kernels
