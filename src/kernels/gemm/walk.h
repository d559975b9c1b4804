// The order in which a block is cut into tiles. Plain header.
#pragma once

#include "kernels/gemm/gemm.h"

namespace pestle::kernels {

// The largest tile, and the bytes of one left row.
struct WalkLimits {
  int rows, panels, columns;
  size_t row_bytes;
};

// How many of `left` rows or panels the next tile takes: the last two share what is left, because a tile of few sums
// cannot hide the latency of its additions.
static inline int next_step(int left, int most) {
  if (left >= 2 * most) return most;
  return left <= most ? left : (left + 1) / 2;
}

// Calls tile(m, rows, n, panels). The weights of a group of panels stay in cache while all rows of a chunk pass by; a
// chunk is 256 KiB of left rows, so that these stay in the second-level cache for the next group of panels.
template <typename Tile>
static inline void walk_block(const GemmBlock& block, const WalkLimits& limits, const Tile& tile) {
  const size_t fitting = (256u << 10) / (limits.row_bytes + 1) / (size_t)limits.rows * (size_t)limits.rows;
  const int chunk = fitting > (size_t)limits.rows ? (int)fitting : limits.rows;
  for (int m0 = block.m0; m0 < block.m1; m0 += chunk) {
    const int m1 = block.m1 - m0 > chunk ? m0 + chunk : block.m1;
    int panels = 0;
    for (int n = block.n0; n < block.n1; n += panels * limits.columns) {
      panels = next_step((block.n1 - n + limits.columns - 1) / limits.columns, limits.panels);
      int rows = 0;
      for (int m = m0; m < m1; m += rows) {
        rows = next_step(m1 - m, limits.rows);
        tile(m, rows, n, panels);
      }
    }
  }
}

}  // namespace pestle::kernels
