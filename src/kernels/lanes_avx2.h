// 8 lanes of int32 in an AVX2 register, for the loops that are written once (fixed_point_lanes.h, int_loop.h,
// scale_tile.h). Plain header; the struct is local to the file that includes it.
#pragma once

#include <immintrin.h>
#include <stdint.h>

namespace pestle::kernels {
namespace {

struct LanesAvx2 {
  using Ints = __m256i;
  using Flags = __m256i;  // all ones or zero
  static constexpr int kWidth = 8;
  static Ints set1(int32_t x) { return _mm256_set1_epi32(x); }
  static Ints load(const int32_t* p) { return _mm256_loadu_si256((const __m256i*)p); }
  static Ints add(Ints a, Ints b) { return _mm256_add_epi32(a, b); }
  static Ints sub(Ints a, Ints b) { return _mm256_sub_epi32(a, b); }
  static Ints mul(Ints a, Ints b) { return _mm256_mullo_epi32(a, b); }
  static Ints max(Ints a, Ints b) { return _mm256_max_epi32(a, b); }
  static Ints clamp(Ints x, Ints lo, Ints hi) { return _mm256_min_epi32(_mm256_max_epi32(x, lo), hi); }
  static Ints bit_and(Ints a, Ints b) { return _mm256_and_si256(a, b); }
  static Ints sign(Ints x) { return _mm256_srai_epi32(x, 31); }
  static Ints halve(Ints x) { return _mm256_srli_epi32(x, 1); }
  static Ints odd(Ints x) { return _mm256_srli_epi64(x, 32); }
  static Ints shift_left(Ints x, Ints bits) { return _mm256_sllv_epi32(x, bits); }
  static Ints shift_left(Ints x, int bits) { return _mm256_sll_epi32(x, _mm_cvtsi32_si128(bits)); }
  static Ints shift_right(Ints x, Ints bits) { return _mm256_srav_epi32(x, bits); }
  static Ints multiply_high(Ints x, Ints even_m, Ints odd_m) {
    const __m256i half = _mm256_set1_epi64x(int64_t{1} << 30);
    const __m256i even = _mm256_add_epi64(_mm256_mul_epi32(x, even_m), half);
    const __m256i odd = _mm256_add_epi64(_mm256_mul_epi32(_mm256_srli_epi64(x, 32), odd_m), half);
    return _mm256_blend_epi32(_mm256_srli_epi64(even, 31), _mm256_slli_epi64(odd, 1), 0xaa);
  }
  static Flags greater(Ints a, Ints b) { return _mm256_cmpgt_epi32(a, b); }
  static bool none(Flags flags) { return _mm256_testz_si256(flags, flags) != 0; }
  static Ints add_flags(Ints x, Flags flags) { return _mm256_sub_epi32(x, flags); }
  static Ints masked_sign(Ints x, Flags flags) { return _mm256_and_si256(sign(x), flags); }
};

}  // namespace
}  // namespace pestle::kernels
