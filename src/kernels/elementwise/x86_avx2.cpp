// AVX2 element-wise kernels: 8 integers at a time; the float loops are vectorised by the compiler.
#include <immintrin.h>

#include "kernels/elementwise/int_loop.h"
#include "kernels/lanes_avx2.h"

namespace pestle::kernels {
namespace {

struct V : LanesAvx2 {
  static Ints load(const int8_t* p) { return _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i*)p)); }
  static Ints load(const uint8_t* p) { return _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i*)p)); }
  static Ints load(const int16_t* p) { return _mm256_cvtepi16_epi32(_mm_loadu_si128((const __m128i*)p)); }
  static __m128i words(Ints x) { return _mm_packs_epi32(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1)); }
  static void store(int8_t* p, Ints x) { _mm_storel_epi64((__m128i*)p, _mm_packs_epi16(words(x), words(x))); }
  static void store(uint8_t* p, Ints x) { _mm_storel_epi64((__m128i*)p, _mm_packus_epi16(words(x), words(x))); }
  static void store(int16_t* p, Ints x) { _mm_storeu_si128((__m128i*)p, words(x)); }
};

}  // namespace

#define PESTLE_ONLY_kAvx2(...) __VA_ARGS__
#define PESTLE_ONLY_kAvx512(...)
#define PESTLE_ONLY_kGeneric(...)
#define PESTLE_BINARY(name, isa, op, type)                                   \
  PESTLE_ONLY_##isa(void name(const BinaryArgs& args, int first, int last) { \
    binary<V, BinaryOp::op, BinaryType::type>(args, first, last);            \
  })
#include "kernels/elementwise/kernels.inc"

void clamp_f32_avx2(const ClampArgs& args, ptrdiff_t first, ptrdiff_t last) { float_clamp_all(args, first, last); }

}  // namespace pestle::kernels
