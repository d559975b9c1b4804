// AVX-512 depthwise kernels: 4 pixels x 32 channels.
#include <immintrin.h>

#include "kernels/depthwise/f32_tile.h"
#include "kernels/depthwise/int_tile.h"
#include "kernels/fixed_point_avx512.h"

namespace pestle::kernels {
namespace {

template <bool kPartial>
struct Floats {
  using Type = __m512;
  static constexpr int kWidth = 16, kBlock = 32;
  static __mmask16 first(int count) { return count < 0 ? (__mmask16)0 : (__mmask16)((1u << (count < 16 ? count : 16)) - 1); }
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

template <bool kPartial>
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
  static Ints add_dot(Ints acc, Ints x, Ints w) { return _mm512_add_epi32(acc, _mm512_madd_epi16(x, w)); }
  static void spill(int32_t* p, Ints x) { _mm512_storeu_si512(p, x); }

  struct Finish {
    Ints bias[2];
    FixedAvx512 fixed[2];
    Ints lo, hi, out_zero;
  };
  static Finish finish_of(const DepthwiseIntArgs& args, const char* block) {
    const __m512i* rows = (const __m512i*)block;  // bias, multipliers, exponents: two vectors each
    return {{rows[0], rows[1]},
            {fixed_avx512(rows[2], rows[4]), fixed_avx512(rows[3], rows[5])},
            _mm512_set1_epi32(args.lo - args.out_zero),
            _mm512_set1_epi32(args.hi - args.out_zero),
            _mm512_set1_epi32(args.out_zero)};
  }
  static Ints add_bias(Ints sums, const Finish& f, int half) { return _mm512_add_epi32(sums, f.bias[half]); }
  static Ints finished(Ints sums, const Finish& f, int half) {
    const Ints scaled = multiply_avx512(add_bias(sums, f, half), f.fixed[half]);
    return _mm512_add_epi32(_mm512_min_epi32(_mm512_max_epi32(scaled, f.lo), f.hi), f.out_zero);
  }
  // Packing the two halves inside 128-bit lanes undoes the interleaving.
  static void store8(uint8_t* p, Ints low, Ints high, const Finish& f, int count) {
    const __m256i bytes = _mm512_cvtepi16_epi8(_mm512_packs_epi32(finished(low, f, 0), finished(high, f, 1)));
    if constexpr (kPartial) return _mm256_mask_storeu_epi8(p, (1u << count) - 1, bytes);
    _mm256_storeu_si256((__m256i*)p, bytes);
  }
};

template <typename T>
void bytes_rows(const DepthwiseIntArgs& args, int first_row, int last_row) {
  if (args.shape.channels < 32) return int_rows<Bytes<true>, T>(args, first_row, last_row);
  int_rows<Bytes<false>, T>(args, first_row, last_row);
}

}  // namespace

void depthwise_f32_f32_f32_4x32_avx512(const DepthwiseF32Args& args, int first_row, int last_row) {
  if (args.shape.channels < 32) return f32_rows<Floats<true>>(args, first_row, last_row);
  f32_rows<Floats<false>>(args, first_row, last_row);
}

void depthwise_i8_i8_i8_4x32_avx512(const DepthwiseIntArgs& args, int first_row, int last_row) {
  bytes_rows<int8_t>(args, first_row, last_row);
}

void depthwise_u8_u8_u8_4x32_avx512(const DepthwiseIntArgs& args, int first_row, int last_row) {
  bytes_rows<uint8_t>(args, first_row, last_row);
}

}  // namespace pestle::kernels
