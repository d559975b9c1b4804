// What follows the sum for 16-bit activations: the loop of scale.h, written plainly for the compiler to vectorise.
// kWidth is the width of a panel. Plain header, internal linkage.
#pragma once

#include "kernels/gemm/scale.h"
#include "kernels/rescale_wide.h"

namespace pestle::kernels {

template <int kWidth>
static inline void scale_tile64_wide(const GemmIntArgs& args, const GemmAccTile<int64_t>& tile) {
  if (args.scaling != GemmScaling::kFixed64 || tile.row_sums != nullptr) return scale_tile64_generic(args, tile);
  const WideRange range = {args.out_zero, args.lo, args.hi};
  for (int n = tile.n; n < tile.n_end; n += kWidth) {
    const int offset = n - tile.n, count = tile.n_end - n < kWidth ? tile.n_end - n : kWidth;
    const char* panel = tile.panel + (size_t)(offset / kWidth) * tile.panel_bytes;
    int64_t bias[kWidth];
    memcpy(bias, panel, sizeof(bias));
    const char* multipliers = panel + sizeof(bias);
    const auto scale = wide_scale<kWidth>(multipliers, multipliers + kWidth * sizeof(int32_t));
    for (int r = 0; r < tile.rows; ++r) {
      const int64_t* acc = tile.acc + (ptrdiff_t)r * tile.stride + offset;
      int64_t sums[kWidth];
      int16_t out[kWidth];
      for (int i = 0; i < kWidth; ++i) sums[i] = (int64_t)((uint64_t)acc[i] + (uint64_t)bias[i]);
      rescale_wide<kWidth>(sums, scale, range, out);
      memcpy((int16_t*)args.out + (tile.m + r) * args.out_stride + n, out, (size_t)count * sizeof(int16_t));
    }
  }
}

}  // namespace pestle::kernels
