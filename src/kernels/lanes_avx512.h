// 16 lanes of int32 in an AVX-512 register, for the loops that are written once (fixed_point_lanes.h, int_loop.h,
// scale_tile.h). Plain header; the struct is local to the file that includes it.
#pragma once

#include <immintrin.h>
#include <stdint.h>

namespace pestle::kernels {
namespace {

struct LanesAvx512 {
  using Ints = __m512i;
  using Flags = __mmask16;
  static constexpr int kWidth = 16;
  static Ints set1(int32_t x) { return _mm512_set1_epi32(x); }
  static Ints load(const int32_t* p) { return _mm512_loadu_si512(p); }
  static Ints add(Ints a, Ints b) { return _mm512_add_epi32(a, b); }
  static Ints sub(Ints a, Ints b) { return _mm512_sub_epi32(a, b); }
  static Ints mul(Ints a, Ints b) { return _mm512_mullo_epi32(a, b); }
  static Ints max(Ints a, Ints b) { return _mm512_max_epi32(a, b); }
  static Ints clamp(Ints x, Ints lo, Ints hi) { return _mm512_min_epi32(_mm512_max_epi32(x, lo), hi); }
  static Ints bit_and(Ints a, Ints b) { return _mm512_and_si512(a, b); }
  static Ints sign(Ints x) { return _mm512_srai_epi32(x, 31); }
  static Ints halve(Ints x) { return _mm512_srli_epi32(x, 1); }
  static Ints odd(Ints x) { return _mm512_srli_epi64(x, 32); }
  static Ints shift_left(Ints x, Ints bits) { return _mm512_sllv_epi32(x, bits); }
  static Ints shift_left(Ints x, int bits) { return _mm512_sll_epi32(x, _mm_cvtsi32_si128(bits)); }
  static Ints shift_right(Ints x, Ints bits) { return _mm512_srav_epi32(x, bits); }
  static Ints multiply_high(Ints x, Ints even_m, Ints odd_m) {
    const __m512i half = _mm512_set1_epi64(int64_t{1} << 30);
    const __m512i even = _mm512_add_epi64(_mm512_mul_epi32(x, even_m), half);
    const __m512i odd = _mm512_add_epi64(_mm512_mul_epi32(_mm512_srli_epi64(x, 32), odd_m), half);
    return _mm512_mask_blend_epi32(0xaaaa, _mm512_srli_epi64(even, 31), _mm512_slli_epi64(odd, 1));
  }
  static Flags greater(Ints a, Ints b) { return _mm512_cmpgt_epi32_mask(a, b); }
  static bool none(Flags flags) { return flags == 0; }
  static Ints add_flags(Ints x, Flags flags) { return _mm512_mask_sub_epi32(x, flags, x, _mm512_set1_epi32(-1)); }
  static Ints masked_sign(Ints x, Flags flags) { return _mm512_maskz_srai_epi32(flags, x, 31); }
};

}  // namespace
}  // namespace pestle::kernels
