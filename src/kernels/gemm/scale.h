// What follows the sum in an integer product: bias, zero points, rescaling, clamp, store. One function per
// instruction set takes a tile of raw sums; the dot product kernels need not know the four GemmScaling rules.
// Plain header.
#pragma once

#include "kernels/gemm/gemm.h"

namespace pestle::kernels {

// Raw sums of left'[m] * weight'[n], both shifted as the kernel's format says.
template <typename Acc>
struct GemmAccTile {
  const Acc* acc;     // [rows][stride]
  int stride;         // elements
  int rows, m;        // output rows m .. m + rows
  int n, n_end;       // output columns n .. n_end; n starts a panel, and the tile may span several
  int columns;        // of one panel
  const char* panel;  // the packed panel of column n
  size_t panel_bytes;
  const int32_t* row_sums;  // [rows] weight'_zero * sum over k of left', or nullptr where weight'_zero is 0
};

void scale_tile32_generic(const GemmIntArgs& args, const GemmAccTile<int32_t>& tile);
void scale_tile64_generic(const GemmIntArgs& args, const GemmAccTile<int64_t>& tile);  // 16-bit activations
#if defined(__x86_64__)
void scale_tile32_avx2(const GemmIntArgs& args, const GemmAccTile<int32_t>& tile);
void scale_tile32_avx512(const GemmIntArgs& args, const GemmAccTile<int32_t>& tile);
void scale_tile64_avx2(const GemmIntArgs& args, const GemmAccTile<int64_t>& tile);
void scale_tile64_avx512(const GemmIntArgs& args, const GemmAccTile<int64_t>& tile);
#endif

}  // namespace pestle::kernels
