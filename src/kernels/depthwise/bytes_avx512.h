// 8-bit depthwise convolution on 32 channels with AVX-512: the V of int_tile.h. Dot, local to the file that includes
// this, holds add_dot: the one instruction or two that multiply and add pairs. kPartial: fewer channels than a block;
// kDown: the short form of rescaling (all_fit_down). Plain header; instances are local because Dot is.
#pragma once

#include <immintrin.h>

#include "kernels/depthwise/int_tile.h"
#include "kernels/fixed_point_lanes.h"
#include "kernels/lanes_avx512.h"

namespace pestle::kernels {

template <typename Dot, bool kPartial, bool kDown>
struct Bytes {
  using Ints = __m512i;
  static constexpr int kBlock = 32;
  static Ints zero() { return _mm512_setzero_si512(); }
  static Ints load(const int16_t* p) { return _mm512_load_si512(p); }
  template <typename T>
  static Ints widen(const T* p, int count) {
    __m256i bytes;
    if constexpr (kPartial) bytes = _mm256_maskz_loadu_epi8((1u << count) - 1, p);
    if constexpr (!kPartial) bytes = _mm256_loadu_si256((const __m256i*)p);
    if constexpr ((T)-1 > 0) return _mm512_cvtepu8_epi16(bytes);
    return _mm512_cvtepi8_epi16(bytes);
  }
  static Ints low_pairs(Ints a, Ints b) { return _mm512_unpacklo_epi16(a, b); }
  static Ints high_pairs(Ints a, Ints b) { return _mm512_unpackhi_epi16(a, b); }
  static Ints add_dot(Ints acc, Ints x, Ints w) { return Dot::add_dot(acc, x, w); }
  static void spill(int32_t* p, Ints x) { _mm512_storeu_si512(p, x); }

  struct Finish {
    Ints bias[2];
    FixedLanes<LanesAvx512> fixed[2];
    FixedDownLanes<LanesAvx512> down[2];
    Ints lo, hi, out_zero;  // 16-bit lanes
  };
  static Finish finish_of(const DepthwiseIntArgs& args, const char* block) {
    const __m512i* rows = (const __m512i*)block;  // bias, multipliers, exponents: two vectors each
    return {{rows[0], rows[1]},
            {fixed_lanes<LanesAvx512>(rows[2], rows[4]), fixed_lanes<LanesAvx512>(rows[3], rows[5])},
            {fixed_down_lanes<LanesAvx512>(rows[2], rows[4]), fixed_down_lanes<LanesAvx512>(rows[3], rows[5])},
            _mm512_set1_epi16((short)args.lo),
            _mm512_set1_epi16((short)args.hi),
            _mm512_set1_epi16((short)args.out_zero)};
  }
  static bool fits_down(const char* block) {
    const __m512i* rows = (const __m512i*)block;
    return fits_down_lanes<LanesAvx512>(rows[4], rows[0]) && fits_down_lanes<LanesAvx512>(rows[5], rows[1]);
  }
  static Ints add_bias(Ints sums, const Finish& f, int half) { return _mm512_add_epi32(sums, f.bias[half]); }
  static Ints scaled(Ints sums, const Finish& f, int half) {
    if constexpr (kDown) return multiply_down_lanes<LanesAvx512>(add_bias(sums, f, half), f.down[half]);
    return multiply_lanes<LanesAvx512>(add_bias(sums, f, half), f.fixed[half]);
  }
  // Packing the two halves inside 128-bit lanes undoes the interleaving. It saturates to 16 bits, far outside [lo, hi].
  static void store8(uint8_t* p, Ints low, Ints high, const Finish& f, int count) {
    const Ints words = _mm512_adds_epi16(_mm512_packs_epi32(scaled(low, f, 0), scaled(high, f, 1)), f.out_zero);
    const __m256i bytes = _mm512_cvtepi16_epi8(_mm512_min_epi16(_mm512_max_epi16(words, f.lo), f.hi));
    if constexpr (kPartial) return _mm256_mask_storeu_epi8(p, (1u << count) - 1, bytes);
    _mm256_storeu_si256((__m256i*)p, bytes);
  }
};

template <typename Dot, typename T>
static inline void bytes_rows(const DepthwiseIntArgs& args, int first_row, int last_row) {
  if (args.shape.channels < 32) return int_rows<Bytes<Dot, true, false>, T>(args, first_row, last_row);
  if (!all_fit_down<Bytes<Dot, false, true>>(args))
    return int_rows<Bytes<Dot, false, false>, T>(args, first_row, last_row);
  int_rows<Bytes<Dot, false, true>, T>(args, first_row, last_row);
}

}  // namespace pestle::kernels
