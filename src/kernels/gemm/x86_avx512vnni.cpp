// 8-bit gemm with the four-way dot product of AVX-512 VNNI: 8 rows x 3 panels of 16 columns, k in groups of 4.
// The instruction multiplies unsigned by signed bytes: int8 activations are read as x + 128 (their sign bit flipped)
// and 128 * sum(weights) is taken out of the bias when the weights are packed. Its sums do not saturate, so they are
// exact.
#include <immintrin.h>
#include <string.h>

#include "kernels/gemm/layout.h"
#include "kernels/gemm/scale.h"
#include "kernels/gemm/walk.h"

namespace pestle::kernels {
namespace {

constexpr int kWidth = 16, kGroup = 4, kMostRows = 8, kMostPanels = 3;
constexpr int kStride = kWidth * kMostPanels;
constexpr GemmTile kTile = {kMostRows, kWidth, kGroup};

struct Step {
  const GemmIntArgs* args;
  const int8_t* weights;  // of the first panel
  size_t panel_bytes;
  int m;
  int32_t* sums;  // [rows][kStride], aligned to 64 bytes
};

// The first `count` of 4 bytes; nothing past them is touched.
inline int32_t load_group(const uint8_t* p, int count) {
  uint32_t word = p[0];
  if (count > 1) word |= (uint32_t)p[1] << 8;
  if (count > 2) word |= (uint32_t)p[2] << 16;
  return (int32_t)word;
}

inline int32_t load_group(const uint8_t* p) {
  int32_t word;
  memcpy(&word, p, 4);
  return word;
}

template <int kRows, int kPanels, int kFlip>
inline void add_group(__m512i (&acc)[kRows][kPanels], const int32_t (&x)[kRows], const int8_t* const (&b)[kPanels],
                      ptrdiff_t at) {
  __m512i w[kPanels];
#pragma GCC unroll 4
  for (int p = 0; p < kPanels; ++p) w[p] = _mm512_load_si512(b[p] + at);
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
    __m512i bytes = _mm512_set1_epi32(x[r]);
    if constexpr (kFlip != 0) bytes = _mm512_xor_si512(bytes, _mm512_set1_epi8((char)kFlip));
#pragma GCC unroll 4
    for (int p = 0; p < kPanels; ++p) acc[r][p] = _mm512_dpbusd_epi32(acc[r][p], bytes, w[p]);
  }
}

template <int kRows, int kPanels, int kFlip>
__attribute__((noinline)) void dot_tile(const Step& step) {
  const GemmShape& shape = step.args->shape;
  const int8_t* b[kPanels];
  for (int p = 0; p < kPanels; ++p) b[p] = step.weights + (size_t)p * step.panel_bytes;
  __m512i acc[kRows][kPanels];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int p = 0; p < kPanels; ++p) acc[r][p] = _mm512_setzero_si512();
  }
  const ptrdiff_t whole = shape.channels / kGroup * kGroup;
  const int rest = shape.channels % kGroup;
  for (int tap = 0; tap < shape.taps; ++tap) {
    const uint8_t* a[kRows];
    int32_t x[kRows];
    for (int r = 0; r < kRows; ++r) a[r] = (const uint8_t*)left_tap(step.args->left, shape.taps, step.m + r, tap);
    for (ptrdiff_t k = 0; k < whole; k += kGroup) {
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) x[r] = load_group(a[r] + k);
      add_group<kRows, kPanels, kFlip>(acc, x, b, k * kWidth);
    }
    if (rest != 0) {
      for (int r = 0; r < kRows; ++r) x[r] = load_group(a[r] + whole, rest);
      add_group<kRows, kPanels, kFlip>(acc, x, b, whole * kWidth);
    }
    for (int p = 0; p < kPanels; ++p) b[p] += round_up(shape.channels, kGroup) * kWidth;
  }
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int p = 0; p < kPanels; ++p) _mm512_store_si512(step.sums + r * kStride + p * kWidth, acc[r][p]);
  }
}

template <int kRows, int kPanels, int kFlip>
inline void dispatch(const Step& step, int rows, int panels) {
  if constexpr (kRows > 1) {
    if (rows < kRows) return dispatch<kRows - 1, kPanels, kFlip>(step, rows, panels);
  }
  if constexpr (kPanels > 1) {
    if (panels < kPanels) return dispatch<kRows, kPanels - 1, kFlip>(step, rows, panels);
  }
  dot_tile<kRows, kPanels, kFlip>(step);
}

template <typename Left, int kFlip>
inline void block_of(const GemmIntArgs& args, const GemmBlock& block, GemmIntFormat format) {
  alignas(64) int32_t sums[kMostRows * kStride];
  int32_t row_sums[kMostRows];
  const bool with_row_sums = args.weight_zero + format.weight_shift != 0;
  const size_t panel_bytes = int_panel_bytes(args.shape, kTile, format.acc_bytes);
  const size_t header = int_header_bytes(kWidth, format.acc_bytes);
  const WalkLimits limits = {kMostRows, kMostPanels, kWidth, (size_t)args.shape.taps * (size_t)args.shape.channels};
  walk_block(block, limits, [&](int m, int rows, int n, int panels) {
    const char* panel = (const char*)args.packed + (size_t)(n / kWidth) * panel_bytes;
    dispatch<kMostRows, kMostPanels, kFlip>({&args, (const int8_t*)(panel + header), panel_bytes, m, sums}, rows,
                                            panels);
    if (with_row_sums) weighted_row_sums<Left>(args, format, m, rows, row_sums);
    const int n_end = n + panels * kWidth < block.n1 ? n + panels * kWidth : block.n1;
    scale_tile32_avx512(
        args, {sums, kStride, rows, m, n, n_end, kWidth, panel, panel_bytes, with_row_sums ? row_sums : nullptr});
  });
}

}  // namespace

void gemm_i8_i8_i8_8x48_avx512vnni(const GemmIntArgs& args, const GemmBlock& block) {
  block_of<int8_t, 0x80>(args, block, {128, 0, 4});
}

void gemm_u8_u8_u8_8x48_avx512vnni(const GemmIntArgs& args, const GemmBlock& block) {
  block_of<uint8_t, 0>(args, block, {0, -128, 4});
}

}  // namespace pestle::kernels
