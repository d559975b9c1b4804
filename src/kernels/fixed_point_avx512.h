// multiply(int32, FixedMultiplier) of base/fixed_point.h on 16 lanes, bit for bit. Plain header for AVX-512 files.
#pragma once

#include <immintrin.h>
#include <stdint.h>

namespace pestle::kernels {

struct FixedAvx512 {
  __m512i even, odd;        // multipliers of the even and of the odd lanes, each in the low half of 64 bits
  __m512i left, right;      // shifts
  __m512i mask, threshold;  // of the rounding right shift
};

static inline FixedAvx512 fixed_avx512(__m512i multipliers, __m512i exponents) {
  const __m512i none = _mm512_setzero_si512(), one = _mm512_set1_epi32(1);
  const __m512i right = _mm512_max_epi32(_mm512_sub_epi32(none, exponents), none);
  const __m512i mask = _mm512_sub_epi32(_mm512_sllv_epi32(one, right), one);
  return {multipliers, _mm512_srli_epi64(multipliers, 32), _mm512_max_epi32(exponents, none), right,
          mask,        _mm512_srli_epi32(mask, 1)};
}

// (x * m + 2^30) >> 31 of the even and of the odd multipliers: both half-rounding rules of the reference's
// SaturatingRoundingDoublingHighMul in one, as m is not negative.
static inline __m512i multiply_high_avx512(__m512i x, __m512i even_m, __m512i odd_m) {
  const __m512i half = _mm512_set1_epi64(int64_t{1} << 30);
  const __m512i even = _mm512_add_epi64(_mm512_mul_epi32(x, even_m), half);
  const __m512i odd = _mm512_add_epi64(_mm512_mul_epi32(_mm512_srli_epi64(x, 32), odd_m), half);
  return _mm512_mask_blend_epi32(0xaaaa, _mm512_srli_epi64(even, 31), _mm512_slli_epi64(odd, 1));
}

static inline __m512i multiply_avx512(__m512i x, const FixedAvx512& f) {
  const __m512i high = multiply_high_avx512(_mm512_sllv_epi32(x, f.left), f.even, f.odd);
  // Ties away from zero: a negative value needs one more than half.
  const __m512i threshold = _mm512_sub_epi32(f.threshold, _mm512_srai_epi32(high, 31));
  const __mmask16 up = _mm512_cmpgt_epi32_mask(_mm512_and_si512(high, f.mask), threshold);
  const __m512i shifted = _mm512_srav_epi32(high, f.right);
  return _mm512_mask_sub_epi32(shifted, up, shifted, _mm512_set1_epi32(-1));
}

// The same in fewer steps for exponents in [-30, 0] and |x| <= 2^30 + 2^29: nothing is shifted left, and adding half of
// the divisor (at most 2^29) cannot overflow.
struct FixedDownAvx512 {
  __m512i even, odd;
  __m512i right, half;
  __mmask16 shifts;  // lanes with a shift: without one there is nothing to round
};

static inline FixedDownAvx512 fixed_down_avx512(__m512i multipliers, __m512i exponents) {
  const __m512i none = _mm512_setzero_si512(), right = _mm512_sub_epi32(none, exponents);
  const __m512i half = _mm512_srli_epi32(_mm512_sllv_epi32(_mm512_set1_epi32(1), right), 1);
  return {multipliers, _mm512_srli_epi64(multipliers, 32), right, half, _mm512_cmpneq_epi32_mask(right, none)};
}

// True if the exponents allow it and |bias| <= 2^30: sums may then add up to 2^29.
static inline bool fits_down_avx512(__m512i exponents, __m512i bias) {
  const __mmask16 high = _mm512_cmpgt_epi32_mask(exponents, _mm512_setzero_si512());
  const __mmask16 low = _mm512_cmplt_epi32_mask(exponents, _mm512_set1_epi32(-30));
  const __mmask16 large = _mm512_cmpgt_epu32_mask(_mm512_abs_epi32(bias), _mm512_set1_epi32(1 << 30));
  return (high | low | large) == 0;
}

static inline __m512i multiply_down_avx512(__m512i x, const FixedDownAvx512& f) {
  const __m512i high = multiply_high_avx512(x, f.even, f.odd);
  const __m512i sign = _mm512_maskz_srai_epi32(f.shifts, high, 31);  // ties go away from zero
  return _mm512_srav_epi32(_mm512_add_epi32(_mm512_add_epi32(high, f.half), sign), f.right);
}

}  // namespace pestle::kernels
