// AVX2 depthwise kernels: 4 pixels x 16 channels.
#include <immintrin.h>
#include <string.h>

#include "kernels/depthwise/f32_tile.h"
#include "kernels/depthwise/int_tile.h"
#include "kernels/depthwise/wide_tile.h"
#include "kernels/fixed_point_lanes.h"
#include "kernels/lanes_avx2.h"

namespace pestle::kernels {
namespace {

template <bool kPartial>
struct Floats {
  using Type = __m256;
  static constexpr int kWidth = 8, kBlock = 16;
  static __m256i first(int count) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  }
  static Type zero() { return _mm256_setzero_ps(); }
  static Type set1(float x) { return _mm256_set1_ps(x); }
  static Type load(const float* p) { return _mm256_load_ps(p); }
  static Type load_input(const float* p, int count) {
    if constexpr (kPartial) return _mm256_maskload_ps(p, first(count));
    return _mm256_loadu_ps(p);
  }
  static Type fma(Type a, Type b, Type c) { return _mm256_fmadd_ps(a, b, c); }
  static Type add(Type a, Type b) { return _mm256_add_ps(a, b); }
  // The second operand is returned where one is a NaN.
  static Type clamp(Type value, Type lo, Type hi) { return _mm256_min_ps(hi, _mm256_max_ps(lo, value)); }
  static void store(float* p, Type value, int count) {
    if constexpr (kPartial) return _mm256_maskstore_ps(p, first(count), value);
    _mm256_storeu_ps(p, value);
  }
};

// kDown: the short form of rescaling (all_fit_down).
template <bool kPartial, bool kDown>
struct Bytes {
  using Ints = __m256i;
  static constexpr int kBlock = 16;
  static Ints zero() { return _mm256_setzero_si256(); }
  static Ints load(const int16_t* p) { return _mm256_load_si256((const __m256i*)p); }
  template <typename T>
  static Ints widen(const T* p, int count) {
    T some[16] = {};
    if constexpr (kPartial) memcpy(some, p, (size_t)count);
    const __m128i bytes = _mm_loadu_si128((const __m128i*)(kPartial ? some : p));
    if constexpr ((T)-1 > 0) return _mm256_cvtepu8_epi16(bytes);
    return _mm256_cvtepi8_epi16(bytes);
  }
  static Ints low_pairs(Ints a, Ints b) { return _mm256_unpacklo_epi16(a, b); }
  static Ints high_pairs(Ints a, Ints b) { return _mm256_unpackhi_epi16(a, b); }
  static Ints add_dot(Ints acc, Ints x, Ints w) { return _mm256_add_epi32(acc, _mm256_madd_epi16(x, w)); }
  static void spill(int32_t* p, Ints x) { _mm256_storeu_si256((__m256i*)p, x); }

  struct Finish {
    Ints bias[2];
    FixedLanes<LanesAvx2> fixed[2];
    FixedDownLanes<LanesAvx2> down[2];
    Ints lo, hi, out_zero;  // 16-bit lanes
  };
  static Finish finish_of(const DepthwiseIntArgs& args, const char* block) {
    const __m256i* rows = (const __m256i*)block;  // bias, multipliers, exponents: two vectors each
    return {{rows[0], rows[1]},
            {fixed_lanes<LanesAvx2>(rows[2], rows[4]), fixed_lanes<LanesAvx2>(rows[3], rows[5])},
            {fixed_down_lanes<LanesAvx2>(rows[2], rows[4]), fixed_down_lanes<LanesAvx2>(rows[3], rows[5])},
            _mm256_set1_epi16((short)args.lo),
            _mm256_set1_epi16((short)args.hi),
            _mm256_set1_epi16((short)args.out_zero)};
  }
  static bool fits_down(const char* block) {
    const __m256i* rows = (const __m256i*)block;
    return fits_down_lanes<LanesAvx2>(rows[4], rows[0]) && fits_down_lanes<LanesAvx2>(rows[5], rows[1]);
  }
  static Ints add_bias(Ints sums, const Finish& f, int half) { return _mm256_add_epi32(sums, f.bias[half]); }
  static Ints scaled(Ints sums, const Finish& f, int half) {
    if constexpr (kDown) return multiply_down_lanes<LanesAvx2>(add_bias(sums, f, half), f.down[half]);
    return multiply_lanes<LanesAvx2>(add_bias(sums, f, half), f.fixed[half]);
  }
  // Packing the two halves inside 128-bit lanes undoes the interleaving. It saturates to 16 bits, far outside [lo, hi].
  static void store8(uint8_t* p, Ints low, Ints high, const Finish& f, int count) {
    const Ints sums = _mm256_adds_epi16(_mm256_packs_epi32(scaled(low, f, 0), scaled(high, f, 1)), f.out_zero);
    const Ints words = _mm256_min_epi16(_mm256_max_epi16(sums, f.lo), f.hi);
    const Ints lanes = _mm256_packus_epi16(_mm256_and_si256(words, _mm256_set1_epi16(0xff)), zero());
    const __m128i bytes = _mm256_castsi256_si128(_mm256_permute4x64_epi64(lanes, 0x08));
    if constexpr (!kPartial) return _mm_storeu_si128((__m128i*)p, bytes);
    uint8_t some[16];
    _mm_storeu_si128((__m128i*)some, bytes);
    memcpy(p, some, (size_t)count);
  }
};

template <typename T>
void bytes_rows(const DepthwiseIntArgs& args, int first_row, int last_row) {
  if (args.shape.channels < 16) return int_rows<Bytes<true, false>, T>(args, first_row, last_row);
  if (!all_fit_down<Bytes<false, true>>(args)) return int_rows<Bytes<false, false>, T>(args, first_row, last_row);
  int_rows<Bytes<false, true>, T>(args, first_row, last_row);
}

}  // namespace

void depthwise_f32_f32_f32_4x16_avx2(const DepthwiseF32Args& args, int first_row, int last_row) {
  if (args.shape.channels < 16) return f32_rows<Floats<true>>(args, first_row, last_row);
  f32_rows<Floats<false>>(args, first_row, last_row);
}

void depthwise_i8_i8_i8_4x16_avx2(const DepthwiseIntArgs& args, int first_row, int last_row) {
  bytes_rows<int8_t>(args, first_row, last_row);
}

void depthwise_u8_u8_u8_4x16_avx2(const DepthwiseIntArgs& args, int first_row, int last_row) {
  bytes_rows<uint8_t>(args, first_row, last_row);
}

void depthwise_i16_i8_i16_1x16_avx2(const DepthwiseIntArgs& args, int first_row, int last_row) {
  wide_rows(args, first_row, last_row);
}

}  // namespace pestle::kernels
