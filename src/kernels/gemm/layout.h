// Where things lie in the operands of the gemm kernels: shared by the packing functions and by every instruction set.
// Plain header; every function has internal linkage (see ../README.md).
#pragma once

#include "kernels/gemm/gemm.h"

namespace pestle::kernels {

static inline int round_up(int value, int step) { return (value + step - 1) / step * step; }

static inline int panel_count(int n, const GemmTile& tile) { return (n + tile.columns - 1) / tile.columns; }

static inline const void* left_tap(const GemmLeft& left, int taps, int m, int tap) {
  if (left.rows != nullptr) return left.rows[(ptrdiff_t)m * taps + tap];
  return (const char*)left.data + m * left.row_bytes;
}

static inline size_t f32_panel_bytes(const GemmShape& shape, int columns) {
  return ((size_t)shape.taps * (size_t)shape.channels + 1) * (size_t)columns * sizeof(float);
}

// Bias and scaling in front of the weights of an integer panel.
static inline size_t int_header_bytes(int columns, int acc_bytes) { return (size_t)columns * (size_t)(acc_bytes + 8); }

static inline size_t int_panel_bytes(const GemmShape& shape, const GemmTile& tile, int acc_bytes) {
  const size_t k = (size_t)shape.taps * (size_t)round_up(shape.channels, tile.k_group);
  const size_t bytes = int_header_bytes(tile.columns, acc_bytes) + k * (size_t)tile.columns;
  return (bytes + 63) / 64 * 64;
}

// weight'_zero * sum over k of left' for each of `rows` rows (what GemmAccTile::row_sums holds).
template <typename T>
static inline void weighted_row_sums(const GemmIntArgs& args, GemmIntFormat format, int m, int rows, int32_t* sums) {
  for (int r = 0; r < rows; ++r) {
    uint32_t sum = 0;
    for (int tap = 0; tap < args.shape.taps; ++tap) {
      const T* x = (const T*)left_tap(args.left, args.shape.taps, m + r, tap);
      for (int c = 0; c < args.shape.channels; ++c) sum += (uint32_t)(x[c] + format.left_shift);
    }
    sums[r] = (int32_t)(sum * (uint32_t)(args.weight_zero + format.weight_shift));
  }
}

}  // namespace pestle::kernels
