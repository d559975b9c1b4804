// AVX2 float gemm: 6 rows x 2 panels of 8 columns = 12 sums; of 16 registers 2 hold weights and 1 the activation.
#include <immintrin.h>

#include "kernels/gemm/f32_tile.h"

namespace pestle::kernels {
namespace {

struct V {
  using Type = __m256;
  static constexpr int kWidth = 8, kRows = 6, kPanels = 2;
  static Type zero() { return _mm256_setzero_ps(); }
  static Type load(const float* p) { return _mm256_load_ps(p); }
  static Type broadcast(const float* p) { return _mm256_broadcast_ss(p); }
  static Type fma(Type a, Type b, Type c) { return _mm256_fmadd_ps(a, b, c); }
  static Type add(Type a, Type b) { return _mm256_add_ps(a, b); }
  // The second operand is returned where one is a NaN, which is what gemm.h promises.
  static Type clamp(Type value, Type lo, Type hi) { return _mm256_min_ps(hi, _mm256_max_ps(lo, value)); }
  static void store(float* p, Type value, int count) {
    if (count == kWidth) return _mm256_storeu_ps(p, value);
    const __m256i column = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    _mm256_maskstore_ps(p, _mm256_cmpgt_epi32(_mm256_set1_epi32(count), column), value);
  }
};

}  // namespace

void gemm_f32_f32_f32_6x16_avx2(const GemmF32Args& args, const GemmBlock& block) { f32_block<V>(args, block); }

}  // namespace pestle::kernels
