// Rescaling of integer sums, 8 columns at a time.
#include <immintrin.h>
#include <string.h>

#include "kernels/gemm/scale_tile.h"
#include "kernels/gemm/scale_wide.h"
#include "kernels/lanes_avx2.h"

namespace pestle::kernels {
namespace {

struct V : LanesAvx2 {
  struct Real {
    __m256d scale[2], lo, hi;
  };
  static Real real_of(const double* scales, int32_t lo, int32_t hi) {
    return {{_mm256_loadu_pd(scales), _mm256_loadu_pd(scales + 4)}, _mm256_set1_pd(lo), _mm256_set1_pd(hi)};
  }
  static __m128i real_half(__m128i x, __m256d scale, const Real& real) {
    const __m256d product = _mm256_mul_pd(_mm256_cvtepi32_pd(x), scale);
    const __m256d value = _mm256_min_pd(_mm256_max_pd(product, real.lo), real.hi);
    // Half away from zero: truncate after adding the number just below 0.5 with the value's sign.
    const __m256d sign = _mm256_and_pd(value, _mm256_set1_pd(-0.0));
    const __m256d half = _mm256_or_pd(sign, _mm256_set1_pd(0x1.fffffffffffffp-2));
    return _mm256_cvttpd_epi32(_mm256_add_pd(value, half));
  }
  static Ints real(Ints x, const Real& real) {
    const __m128i low = real_half(_mm256_castsi256_si128(x), real.scale[0], real);
    const __m128i high = real_half(_mm256_extracti128_si256(x, 1), real.scale[1], real);
    return _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
  }

  static void store8(uint8_t* p, Ints x, int count) {
    const __m256i first = _mm256_setr_epi8(0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,  //
                                           0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
    const __m256i lanes = _mm256_shuffle_epi8(x, first);
    const __m128i bytes = _mm_unpacklo_epi32(_mm256_castsi256_si128(lanes), _mm256_extracti128_si256(lanes, 1));
    if (count == kWidth) return _mm_storel_epi64((__m128i*)p, bytes);
    const int64_t word = _mm_cvtsi128_si64(bytes);
    memcpy(p, &word, (size_t)count);
  }
  static void store32(int32_t* p, Ints x, int count) {
    const __m256i column = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    _mm256_maskstore_epi32(p, _mm256_cmpgt_epi32(set1(count), column), x);
  }
};

}  // namespace

void scale_tile32_avx2(const GemmIntArgs& args, const GemmAccTile<int32_t>& tile) {
  scale_tile32_vector<V>(args, tile);
}

void scale_tile64_avx2(const GemmIntArgs& args, const GemmAccTile<int64_t>& tile) { scale_tile64_wide<8>(args, tile); }

}  // namespace pestle::kernels
