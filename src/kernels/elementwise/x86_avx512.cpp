// AVX-512 element-wise kernels: 16 integers at a time; the float loops are vectorised by the compiler.
#include <immintrin.h>

#include "kernels/elementwise/float_loop.h"
#include "kernels/elementwise/int_loop.h"
#include "kernels/fixed_point_avx512.h"

namespace pestle::kernels {
namespace {

struct V {
  using Ints = __m512i;
  using Fixed = FixedAvx512;
  static constexpr int kWidth = 16;
  static Ints set1(int32_t x) { return _mm512_set1_epi32(x); }
  static Ints add(Ints a, Ints b) { return _mm512_add_epi32(a, b); }
  static Ints sub(Ints a, Ints b) { return _mm512_sub_epi32(a, b); }
  static Ints mul(Ints a, Ints b) { return _mm512_mullo_epi32(a, b); }
  static Ints shift_left(Ints x, int bits) { return _mm512_sll_epi32(x, _mm_cvtsi32_si128(bits)); }
  static Ints clamp(Ints x, Ints lo, Ints hi) { return _mm512_min_epi32(_mm512_max_epi32(x, lo), hi); }
  static Fixed fixed_of(int32_t multiplier, int32_t exponent) { return fixed_avx512(set1(multiplier), set1(exponent)); }
  static Ints fixed(Ints x, const Fixed& fixed) { return multiply_avx512(x, fixed); }
  static Ints load(const int8_t* p) { return _mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i*)p)); }
  static Ints load(const uint8_t* p) { return _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i*)p)); }
  static Ints load(const int16_t* p) { return _mm512_cvtepi16_epi32(_mm256_loadu_si256((const __m256i*)p)); }
  static void store(int8_t* p, Ints x) { _mm_storeu_si128((__m128i*)p, _mm512_cvtepi32_epi8(x)); }
  static void store(uint8_t* p, Ints x) { _mm_storeu_si128((__m128i*)p, _mm512_cvtepi32_epi8(x)); }
  static void store(int16_t* p, Ints x) { _mm256_storeu_si256((__m256i*)p, _mm512_cvtepi32_epi16(x)); }
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

PESTLE_FLOAT(add_f32_avx512, kAdd)
PESTLE_FLOAT(sub_f32_avx512, kSub)
PESTLE_FLOAT(mul_f32_avx512, kMul)
PESTLE_INT(add_i8_avx512, kAdd, int8_t)
PESTLE_INT(sub_i8_avx512, kSub, int8_t)
PESTLE_INT(mul_i8_avx512, kMul, int8_t)
PESTLE_INT(add_u8_avx512, kAdd, uint8_t)
PESTLE_INT(sub_u8_avx512, kSub, uint8_t)
PESTLE_INT(mul_u8_avx512, kMul, uint8_t)
PESTLE_INT(add_i16_avx512, kAdd, int16_t)
PESTLE_INT(sub_i16_avx512, kSub, int16_t)
PESTLE_INT(mul_i16_avx512, kMul, int16_t)

void clamp_f32_avx512(const ClampArgs& args, ptrdiff_t first, ptrdiff_t last) { float_clamp_all(args, first, last); }

}  // namespace pestle::kernels
