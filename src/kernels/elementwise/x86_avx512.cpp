// AVX-512 element-wise kernels: 16 integers at a time; the float loops are vectorised by the compiler.
#include <immintrin.h>

#include "kernels/elementwise/int_loop.h"
#include "kernels/lanes_avx512.h"

namespace pestle::kernels {
namespace {

struct V : LanesAvx512 {
  static Ints load(const int8_t* p) { return _mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i*)p)); }
  static Ints load(const uint8_t* p) { return _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i*)p)); }
  static Ints load(const int16_t* p) { return _mm512_cvtepi16_epi32(_mm256_loadu_si256((const __m256i*)p)); }
  static void store(int8_t* p, Ints x) { _mm_storeu_si128((__m128i*)p, _mm512_cvtepi32_epi8(x)); }
  static void store(uint8_t* p, Ints x) { _mm_storeu_si128((__m128i*)p, _mm512_cvtepi32_epi8(x)); }
  static void store(int16_t* p, Ints x) { _mm256_storeu_si256((__m256i*)p, _mm512_cvtepi32_epi16(x)); }
};

}  // namespace

#define PESTLE_ONLY_kAvx512(...) __VA_ARGS__
#define PESTLE_ONLY_kAvx2(...)
#define PESTLE_ONLY_kGeneric(...)
#define PESTLE_BINARY(name, isa, op, type)                                   \
  PESTLE_ONLY_##isa(void name(const BinaryArgs& args, int first, int last) { \
    binary<V, BinaryOp::op, BinaryType::type>(args, first, last);            \
  })
#include "kernels/elementwise/kernels.inc"

void clamp_f32_avx512(const ClampArgs& args, ptrdiff_t first, ptrdiff_t last) { float_clamp_all(args, first, last); }

}  // namespace pestle::kernels
