// Rescaling of integer sums, 16 columns at a time.
#include <immintrin.h>

#include "kernels/gemm/scale_tile.h"
#include "kernels/gemm/scale_wide.h"
#include "kernels/lanes_avx512.h"

namespace pestle::kernels {
namespace {

struct V : LanesAvx512 {
  struct Real {
    __m512d scale[2], lo, hi;
  };
  static Real real_of(const double* scales, int32_t lo, int32_t hi) {
    return {{_mm512_loadu_pd(scales), _mm512_loadu_pd(scales + 8)}, _mm512_set1_pd(lo), _mm512_set1_pd(hi)};
  }
  static __m256i real_half(__m256i x, __m512d scale, const Real& real) {
    const __m512d product = _mm512_mul_pd(_mm512_cvtepi32_pd(x), scale);
    const __m512d value = _mm512_min_pd(_mm512_max_pd(product, real.lo), real.hi);
    // Half away from zero: truncate after adding the number just below 0.5 with the value's sign.
    const __m512d sign = _mm512_and_pd(value, _mm512_set1_pd(-0.0));
    const __m512d half = _mm512_or_pd(sign, _mm512_set1_pd(0x1.fffffffffffffp-2));
    return _mm512_cvttpd_epi32(_mm512_add_pd(value, half));
  }
  static Ints real(Ints x, const Real& real) {
    const __m256i low = real_half(_mm512_castsi512_si256(x), real.scale[0], real);
    const __m256i high = real_half(_mm512_extracti64x4_epi64(x, 1), real.scale[1], real);
    return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
  }

  static void store8(uint8_t* p, Ints x, int count) {
    const __m128i bytes = _mm512_cvtepi32_epi8(x);
    if (count == kWidth) return _mm_storeu_si128((__m128i*)p, bytes);
    _mm_mask_storeu_epi8(p, (__mmask16)((1u << count) - 1), bytes);
  }
  static void store32(int32_t* p, Ints x, int count) { _mm512_mask_storeu_epi32(p, (__mmask16)((1u << count) - 1), x); }
};

}  // namespace

void scale_tile32_avx512(const GemmIntArgs& args, const GemmAccTile<int32_t>& tile) {
  scale_tile32_vector<V>(args, tile);
}

void scale_tile64_avx512(const GemmIntArgs& args, const GemmAccTile<int64_t>& tile) {
  scale_tile64_wide<16>(args, tile);
}

}  // namespace pestle::kernels
