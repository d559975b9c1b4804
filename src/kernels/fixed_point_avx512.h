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
  return {multipliers, _mm512_srli_epi64(multipliers, 32), _mm512_max_epi32(exponents, none), right, mask,
          _mm512_srli_epi32(mask, 1)};
}

static inline __m512i multiply_avx512(__m512i x, const FixedAvx512& f) {
  x = _mm512_sllv_epi32(x, f.left);
  // (x * m + 2^30) >> 31: both half-rounding rules of the reference in one, as m is not negative.
  const __m512i half = _mm512_set1_epi64(int64_t{1} << 30);
  const __m512i even = _mm512_add_epi64(_mm512_mul_epi32(x, f.even), half);
  const __m512i odd = _mm512_add_epi64(_mm512_mul_epi32(_mm512_srli_epi64(x, 32), f.odd), half);
  const __m512i high = _mm512_mask_blend_epi32(0xaaaa, _mm512_srli_epi64(even, 31), _mm512_slli_epi64(odd, 1));
  // Ties away from zero: a negative value needs one more than half.
  const __m512i threshold = _mm512_sub_epi32(f.threshold, _mm512_srai_epi32(high, 31));
  const __mmask16 up = _mm512_cmpgt_epi32_mask(_mm512_and_si512(high, f.mask), threshold);
  const __m512i shifted = _mm512_srav_epi32(high, f.right);
  return _mm512_mask_sub_epi32(shifted, up, shifted, _mm512_set1_epi32(-1));
}

}  // namespace pestle::kernels
