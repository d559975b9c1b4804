// AVX-512 float gemm: 8 rows x 3 panels of 16 columns = 24 sums; of 32 registers 3 hold weights and 1 the activation.
// Per k 11 loads feed 24 fused multiply-adds, so two multiply units stay busy with two load units.
#include <immintrin.h>

#include "kernels/gemm/f32_tile.h"

namespace pestle::kernels {
namespace {

struct V {
  using Type = __m512;
  static constexpr int kWidth = 16, kRows = 8, kPanels = 3;
  static Type zero() { return _mm512_setzero_ps(); }
  static Type load(const float* p) { return _mm512_load_ps(p); }
  static Type broadcast(const float* p) { return _mm512_set1_ps(*p); }
  static Type fma(Type a, Type b, Type c) { return _mm512_fmadd_ps(a, b, c); }
  static Type add(Type a, Type b) { return _mm512_add_ps(a, b); }
  // The second operand is returned where one is a NaN, which is what gemm.h promises.
  static Type clamp(Type value, Type lo, Type hi) { return _mm512_min_ps(hi, _mm512_max_ps(lo, value)); }
  static void store(float* p, Type value, int count) {
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), value);
  }
};

}  // namespace

void gemm_f32_f32_f32_8x48_avx512(const GemmF32Args& args, const GemmBlock& block) { f32_block<V>(args, block); }

}  // namespace pestle::kernels
