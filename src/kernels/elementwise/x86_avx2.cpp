// AVX2 element-wise kernels: 8 integers at a time; the float loops are vectorised by the compiler.
#include <immintrin.h>

#include "kernels/elementwise/float_loop.h"
#include "kernels/elementwise/int_loop.h"
#include "kernels/fixed_point_avx2.h"

namespace pestle::kernels {
namespace {

struct V {
  using Ints = __m256i;
  using Fixed = FixedAvx2;
  static constexpr int kWidth = 8;
  static Ints set1(int32_t x) { return _mm256_set1_epi32(x); }
  static Ints add(Ints a, Ints b) { return _mm256_add_epi32(a, b); }
  static Ints sub(Ints a, Ints b) { return _mm256_sub_epi32(a, b); }
  static Ints mul(Ints a, Ints b) { return _mm256_mullo_epi32(a, b); }
  static Ints shift_left(Ints x, int bits) { return _mm256_sll_epi32(x, _mm_cvtsi32_si128(bits)); }
  static Ints clamp(Ints x, Ints lo, Ints hi) { return _mm256_min_epi32(_mm256_max_epi32(x, lo), hi); }
  static Fixed fixed_of(int32_t multiplier, int32_t exponent) { return fixed_avx2(set1(multiplier), set1(exponent)); }
  static Ints fixed(Ints x, const Fixed& fixed) { return multiply_avx2(x, fixed); }
  static Ints load(const int8_t* p) { return _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i*)p)); }
  static Ints load(const uint8_t* p) { return _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i*)p)); }
  static Ints load(const int16_t* p) { return _mm256_cvtepi16_epi32(_mm_loadu_si128((const __m128i*)p)); }
  static __m128i words(Ints x) { return _mm_packs_epi32(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1)); }
  static void store(int8_t* p, Ints x) { _mm_storel_epi64((__m128i*)p, _mm_packs_epi16(words(x), words(x))); }
  static void store(uint8_t* p, Ints x) { _mm_storel_epi64((__m128i*)p, _mm_packus_epi16(words(x), words(x))); }
  static void store(int16_t* p, Ints x) { _mm_storeu_si128((__m128i*)p, words(x)); }
};

}  // namespace

#define PESTLE_INT(name, op, T)                                    \
  void name(const BinaryArgs& args, int first_row, int last_row) { \
    int_binary<V, BinaryOp::op, T>(args, first_row, last_row);     \
  }
#define PESTLE_FLOAT(name, op)                                     \
  void name(const BinaryArgs& args, int first_row, int last_row) { \
    float_binary<BinaryOp::op>(args, first_row, last_row);         \
  }

PESTLE_FLOAT(add_f32_avx2, kAdd)
PESTLE_FLOAT(sub_f32_avx2, kSub)
PESTLE_FLOAT(mul_f32_avx2, kMul)
PESTLE_INT(add_i8_avx2, kAdd, int8_t)
PESTLE_INT(sub_i8_avx2, kSub, int8_t)
PESTLE_INT(mul_i8_avx2, kMul, int8_t)
PESTLE_INT(add_u8_avx2, kAdd, uint8_t)
PESTLE_INT(sub_u8_avx2, kSub, uint8_t)
PESTLE_INT(mul_u8_avx2, kMul, uint8_t)
PESTLE_INT(add_i16_avx2, kAdd, int16_t)
PESTLE_INT(sub_i16_avx2, kSub, int16_t)
PESTLE_INT(mul_i16_avx2, kMul, int16_t)

void clamp_f32_avx2(const ClampArgs& args, ptrdiff_t first, ptrdiff_t last) { float_clamp_all(args, first, last); }

}  // namespace pestle::kernels
