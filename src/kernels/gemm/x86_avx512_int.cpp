// Integer gemm with AVX-512 without VNNI, and 16-bit activations: 8 rows x 2 panels of 16 columns, k in pairs.
#include <immintrin.h>
#include <string.h>

#include "kernels/gemm/int_tile.h"

namespace pestle::kernels {
namespace {

struct V {
  using Ints = __m512i;
  static constexpr int kWidth = 16, kRows = 8, kPanels = 2;
  static Ints zero() { return _mm512_setzero_si512(); }
  static Ints pair(const int16_t* p) {
    int32_t both;
    memcpy(&both, p, sizeof(both));
    return _mm512_set1_epi32(both);
  }
  static Ints widen(const int8_t* p) { return _mm512_cvtepi8_epi16(_mm256_load_si256((const __m256i*)p)); }
  static Ints add_dot(Ints acc, Ints x, Ints w) { return _mm512_add_epi32(acc, _mm512_madd_epi16(x, w)); }
  static void store(int32_t* p, Ints x) { _mm512_store_si512((__m512i*)p, x); }
  static void scale(const GemmIntArgs& args, const GemmAccTile<int32_t>& tile) { scale_tile32_avx512(args, tile); }
  static void scale(const GemmIntArgs& args, const GemmAccTile<int64_t>& tile) { scale_tile64_avx512(args, tile); }
};

}  // namespace

void gemm_i8_i8_i8_8x32_avx512(const GemmIntArgs& args, const GemmBlock& block) {
  int_block<V, int8_t, int32_t>(args, block);
}

void gemm_i16_i8_i16_8x32_avx512(const GemmIntArgs& args, const GemmBlock& block) {
  int_block<V, int16_t, int64_t>(args, block);
}

}  // namespace pestle::kernels
