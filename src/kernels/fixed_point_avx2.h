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
  return {multipliers, _mm256_srli_epi64(multipliers, 32), _mm256_max_epi32(exponents, none), right, mask,
          _mm256_srli_epi32(mask, 1)};
}

static inline __m256i multiply_avx2(__m256i x, const FixedAvx2& f) {
  x = _mm256_sllv_epi32(x, f.left);
  // (x * m + 2^30) >> 31: both half-rounding rules of the reference in one, as m is not negative.
  const __m256i half = _mm256_set1_epi64x(int64_t{1} << 30);
  const __m256i even = _mm256_add_epi64(_mm256_mul_epi32(x, f.even), half);
  const __m256i odd = _mm256_add_epi64(_mm256_mul_epi32(_mm256_srli_epi64(x, 32), f.odd), half);
  const __m256i high = _mm256_blend_epi32(_mm256_srli_epi64(even, 31), _mm256_slli_epi64(odd, 1), 0xaa);
  // Ties away from zero: a negative value needs one more than half.
  const __m256i threshold = _mm256_sub_epi32(f.threshold, _mm256_srai_epi32(high, 31));
  const __m256i up = _mm256_cmpgt_epi32(_mm256_and_si256(high, f.mask), threshold);
  return _mm256_sub_epi32(_mm256_srav_epi32(high, f.right), up);
}

}  // namespace pestle::kernels
