// AVX-512 depthwise kernels: 4 pixels x 32 channels.
#include <immintrin.h>

#include "kernels/depthwise/bytes_avx512.h"
#include "kernels/depthwise/f32_tile.h"
#include "kernels/depthwise/wide_tile.h"

namespace pestle::kernels {
namespace {

template <bool kPartial>
struct Floats {
  using Type = __m512;
  static constexpr int kWidth = 16, kBlock = 32;
  static __mmask16 first(int count) {
    return count < 0 ? (__mmask16)0 : (__mmask16)((1u << (count < 16 ? count : 16)) - 1);
  }
  static Type zero() { return _mm512_setzero_ps(); }
  static Type set1(float x) { return _mm512_set1_ps(x); }
  static Type load(const float* p) { return _mm512_load_ps(p); }
  static Type load_input(const float* p, int count) {
    if constexpr (kPartial) return _mm512_maskz_loadu_ps(first(count), p);
    return _mm512_loadu_ps(p);
  }
  static Type fma(Type a, Type b, Type c) { return _mm512_fmadd_ps(a, b, c); }
  static Type add(Type a, Type b) { return _mm512_add_ps(a, b); }
  // The second operand is returned where one is a NaN.
  static Type clamp(Type value, Type lo, Type hi) { return _mm512_min_ps(hi, _mm512_max_ps(lo, value)); }
  static void store(float* p, Type value, int count) {
    if constexpr (kPartial) return _mm512_mask_storeu_ps(p, first(count), value);
    _mm512_storeu_ps(p, value);
  }
};

struct Dot {
  static __m512i add_dot(__m512i acc, __m512i x, __m512i w) { return _mm512_add_epi32(acc, _mm512_madd_epi16(x, w)); }
};

}  // namespace

void depthwise_f32_f32_f32_4x32_avx512(const DepthwiseF32Args& args, int first_row, int last_row) {
  if (args.shape.channels < 32) return f32_rows<Floats<true>>(args, first_row, last_row);
  f32_rows<Floats<false>>(args, first_row, last_row);
}

void depthwise_i8_i8_i8_4x32_avx512(const DepthwiseIntArgs& args, int first_row, int last_row) {
  bytes_rows<Dot, int8_t>(args, first_row, last_row);
}

void depthwise_u8_u8_u8_4x32_avx512(const DepthwiseIntArgs& args, int first_row, int last_row) {
  bytes_rows<Dot, uint8_t>(args, first_row, last_row);
}

void depthwise_i16_i8_i16_1x16_avx512(const DepthwiseIntArgs& args, int first_row, int last_row) {
  wide_rows(args, first_row, last_row);
}

}  // namespace pestle::kernels
