// 8-bit depthwise kernels with the pair dot product of AVX-512 VNNI: 4 pixels x 32 channels.
#include <immintrin.h>

#include "kernels/depthwise/bytes_avx512.h"

namespace pestle::kernels {
namespace {

struct Dot {
  static __m512i add_dot(__m512i acc, __m512i x, __m512i w) { return _mm512_dpwssd_epi32(acc, x, w); }
};

}  // namespace

void depthwise_i8_i8_i8_4x32_avx512vnni(const DepthwiseIntArgs& args, int first_row, int last_row) {
  bytes_rows<Dot, int8_t>(args, first_row, last_row);
}

void depthwise_u8_u8_u8_4x32_avx512vnni(const DepthwiseIntArgs& args, int first_row, int last_row) {
  bytes_rows<Dot, uint8_t>(args, first_row, last_row);
}

}  // namespace pestle::kernels
