// Integer gemm with AVX2: 6 rows x 2 panels of 8 columns, k in pairs.
#include <immintrin.h>
#include <string.h>

#include "kernels/gemm/int_tile.h"

namespace pestle::kernels {
namespace {

struct V {
  using Ints = __m256i;
  static constexpr int kWidth = 8, kRows = 6, kPanels = 2;
  static Ints zero() { return _mm256_setzero_si256(); }
  static Ints pair(const int16_t* p) {
    int32_t both;
    memcpy(&both, p, sizeof(both));
    return _mm256_set1_epi32(both);
  }
  static Ints widen(const int8_t* p) { return _mm256_cvtepi8_epi16(_mm_load_si128((const __m128i*)p)); }
  static Ints add_dot(Ints acc, Ints x, Ints w) { return _mm256_add_epi32(acc, _mm256_madd_epi16(x, w)); }
  static void store(int32_t* p, Ints x) { _mm256_store_si256((__m256i*)p, x); }
  static void scale(const GemmIntArgs& args, const GemmAccTile<int32_t>& tile) { scale_tile32_avx2(args, tile); }
  static void scale(const GemmIntArgs& args, const GemmAccTile<int64_t>& tile) { scale_tile64_avx2(args, tile); }
};

}  // namespace

void gemm_i8_i8_i8_6x16_avx2(const GemmIntArgs& args, const GemmBlock& block) {
  int_block<V, int8_t, int32_t>(args, block);
}

void gemm_i16_i8_i16_6x16_avx2(const GemmIntArgs& args, const GemmBlock& block) {
  int_block<V, int16_t, int64_t>(args, block);
}

}  // namespace pestle::kernels
