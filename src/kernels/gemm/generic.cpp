// Portable gemm kernels: one output row against one panel at a time. They define what the others must equal.
#include <cmath>

#include "kernels/gemm/gemm.h"
#include "kernels/gemm/layout.h"
#include "kernels/gemm/scale.h"

namespace pestle::kernels {
namespace {

constexpr int kColumns = 8;
constexpr GemmTile kTile = {1, kColumns, 1};

void f32_row(const GemmF32Args& args, int m, int n, int n_end) {
  const auto* bias =
      reinterpret_cast<const float*>(static_cast<const char*>(args.packed) +
                                     static_cast<size_t>(n / kColumns) * f32_panel_bytes(args.shape, kColumns));
  const float* weights = bias + kColumns;
  float acc[kColumns] = {};
  for (int tap = 0; tap < args.shape.taps; ++tap) {
    const auto* x = static_cast<const float*>(left_tap(args.left, args.shape.taps, m, tap));
    for (int k = 0; k < args.shape.channels; ++k, weights += kColumns) {
      for (int c = 0; c < kColumns; ++c) acc[c] = std::fma(x[k], weights[c], acc[c]);
    }
  }
  float* out = args.out + m * args.out_stride;
  for (int c = 0; n + c < n_end; ++c) {
    float value = acc[c] + bias[c];
    value = value < args.lo ? args.lo : value;
    out[n + c] = args.hi < value ? args.hi : value;
  }
}

template <typename Left, typename Acc>
void dot_row(const GemmIntArgs& args, int m, int left_shift, const int8_t* weights, Acc (&acc)[kColumns]) {
  for (int tap = 0; tap < args.shape.taps; ++tap) {
    const auto* x = static_cast<const Left*>(left_tap(args.left, args.shape.taps, m, tap));
    for (int k = 0; k < args.shape.channels; ++k, weights += kColumns) {
      for (int c = 0; c < kColumns; ++c) acc[c] += (x[k] + left_shift) * weights[c];
    }
  }
}

template <typename Left, typename Acc>
void int_block(const GemmIntArgs& args, const GemmBlock& block, GemmIntFormat format) {
  const size_t panel_bytes = int_panel_bytes(args.shape, kTile, format.acc_bytes);
  int32_t row_sum = 0;
  GemmAccTile<Acc> tile = {nullptr, kColumns, 1, 0, 0, 0, kColumns, nullptr, panel_bytes, nullptr};
  if (args.weight_zero + format.weight_shift != 0) tile.row_sums = &row_sum;
  for (tile.m = block.m0; tile.m < block.m1; ++tile.m) {
    if (tile.row_sums != nullptr) weighted_row_sums<Left>(args, format, tile.m, 1, &row_sum);
    for (tile.n = block.n0; tile.n < block.n1; tile.n += kColumns) {
      tile.n_end = tile.n + kColumns < block.n1 ? tile.n + kColumns : block.n1;
      tile.panel = static_cast<const char*>(args.packed) + static_cast<size_t>(tile.n / kColumns) * panel_bytes;
      Acc acc[kColumns] = {};
      const char* weights = tile.panel + int_header_bytes(kColumns, format.acc_bytes);
      dot_row<Left>(args, tile.m, format.left_shift, reinterpret_cast<const int8_t*>(weights), acc);
      tile.acc = acc;
      if constexpr (sizeof(Acc) == 8) scale_tile64_generic(args, tile);
      if constexpr (sizeof(Acc) == 4) scale_tile32_generic(args, tile);
    }
  }
}

}  // namespace

void gemm_f32_f32_f32_1x8_generic(const GemmF32Args& args, const GemmBlock& block) {
  for (int m = block.m0; m < block.m1; ++m) {
    for (int n = block.n0; n < block.n1; n += kColumns)
      f32_row(args, m, n, n + kColumns < block.n1 ? n + kColumns : block.n1);
  }
}

void gemm_i8_i8_i8_1x8_generic(const GemmIntArgs& args, const GemmBlock& block) {
  int_block<int8_t, int32_t>(args, block, {0, 0, 4});
}

void gemm_u8_u8_u8_1x8_generic(const GemmIntArgs& args, const GemmBlock& block) {
  int_block<uint8_t, int32_t>(args, block, {-128, -128, 4});
}

void gemm_i16_i8_i16_1x8_generic(const GemmIntArgs& args, const GemmBlock& block) {
  int_block<int16_t, int64_t>(args, block, {0, 0, 8});
}

}  // namespace pestle::kernels
