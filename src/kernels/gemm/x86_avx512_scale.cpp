// Rescaling of integer sums, 16 columns at a time.
#include <immintrin.h>

#include "kernels/gemm/scale_tile.h"

namespace pestle::kernels {
namespace {

struct V {
  using Ints = __m512i;
  static constexpr int kWidth = 16;
  static Ints load(const int32_t* p) { return _mm512_loadu_si512(p); }
  static Ints set1(int32_t value) { return _mm512_set1_epi32(value); }
  static Ints add(Ints a, Ints b) { return _mm512_add_epi32(a, b); }
  static Ints sub(Ints a, Ints b) { return _mm512_sub_epi32(a, b); }
  static Ints clamp(Ints x, Ints lo, Ints hi) { return _mm512_min_epi32(_mm512_max_epi32(x, lo), hi); }

  struct Fixed {
    Ints even, odd;           // multipliers of the even and of the odd columns, each in the low half of 64 bits
    Ints left, right;         // shifts
    Ints mask, threshold;     // of the rounding right shift
  };
  static Fixed fixed_of(const int32_t* multipliers, const int32_t* exponents) {
    const Ints m = load(multipliers), e = load(exponents), none = _mm512_setzero_si512();
    const Ints right = _mm512_max_epi32(sub(none, e), none);
    const Ints mask = sub(_mm512_sllv_epi32(set1(1), right), set1(1));
    return {m, _mm512_srli_epi64(m, 32), _mm512_max_epi32(e, none), right, mask, _mm512_srli_epi32(mask, 1)};
  }
  static Ints fixed(Ints x, const Fixed& f) {
    x = _mm512_sllv_epi32(x, f.left);
    // (x * m + 2^30) >> 31: both half-rounding rules of the reference in one, as m is positive.
    const Ints half = _mm512_set1_epi64(int64_t{1} << 30);
    const Ints even = _mm512_add_epi64(_mm512_mul_epi32(x, f.even), half);
    const Ints odd = _mm512_add_epi64(_mm512_mul_epi32(_mm512_srli_epi64(x, 32), f.odd), half);
    const Ints high = _mm512_mask_blend_epi32(0xaaaa, _mm512_srli_epi64(even, 31), _mm512_slli_epi64(odd, 1));
    // Ties away from zero: a negative value needs one more than half.
    const Ints threshold = sub(f.threshold, _mm512_srai_epi32(high, 31));
    const __mmask16 up = _mm512_cmpgt_epi32_mask(_mm512_and_si512(high, f.mask), threshold);
    const Ints shifted = _mm512_srav_epi32(high, f.right);
    return _mm512_mask_sub_epi32(shifted, up, shifted, set1(-1));
  }

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
  static void store32(int32_t* p, Ints x, int count) {
    _mm512_mask_storeu_epi32(p, (__mmask16)((1u << count) - 1), x);
  }
};

}  // namespace

void scale_tile32_avx512(const GemmIntArgs& args, const GemmAccTile<int32_t>& tile) { scale_tile32_vector<V>(args, tile); }

}  // namespace pestle::kernels
