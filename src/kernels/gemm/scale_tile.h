// What follows the sum, over vector registers: the loop of scale.h written once. An instruction-set file defines, in an
// anonymous namespace, a struct V that adds to its lanes (lanes_<isa>.h)
//   Real{...}, real_of(scales), real(x, Real, limits): round half away of double(x) * scale, clamped
//   store8(pointer, x, count), store32(pointer, x, count)
// kWidth is the width of a panel. Clamping before the output zero point is added gives the same and cannot overflow.
// Plain header.
#pragma once

#include "kernels/fixed_point_lanes.h"
#include "kernels/gemm/scale.h"

namespace pestle::kernels {

struct ScaleRows {
  const GemmIntArgs* args;
  const GemmAccTile<int32_t>* tile;
  int offset;  // of the panel in the tile, columns
  int count;   // columns of the panel that exist
};

// Calls convert(sums of a row) and stores what it returns, for every row of one panel.
template <typename V, typename Convert>
static inline void scale_rows(const ScaleRows& step, const Convert& convert) {
  const GemmIntArgs& args = *step.args;
  const GemmAccTile<int32_t>& tile = *step.tile;
  const auto bias = V::load((const int32_t*)(tile.panel + (size_t)(step.offset / V::kWidth) * tile.panel_bytes));
  const auto zero = V::set1(args.out_zero);
  for (int r = 0; r < tile.rows; ++r) {
    auto sum = V::add(V::load(tile.acc + (ptrdiff_t)r * tile.stride + step.offset), bias);
    if (tile.row_sums != nullptr) sum = V::sub(sum, V::set1(tile.row_sums[r]));
    const ptrdiff_t index = (tile.m + r) * args.out_stride + tile.n + step.offset;
    if (args.scaling == GemmScaling::kNone) {
      V::store32((int32_t*)args.out + index, sum, step.count);
    } else {
      V::store8((uint8_t*)args.out + index, V::add(convert(sum), zero), step.count);
    }
  }
}

// kFixed: the short form of the multiplication serves nearly every layer (exponents not positive, moderate biases).
// 16384 products of 8 bits sum up to 2^29.
template <typename V>
static inline void scale_rows_fixed(const ScaleRows& step, const char* panel, int32_t low, int32_t high) {
  const int32_t* bias = (const int32_t*)panel;
  const int32_t* multipliers = bias + V::kWidth;
  const int32_t* exponents = multipliers + V::kWidth;
  const auto lo = V::set1(low), hi = V::set1(high);
  const GemmShape& shape = step.args->shape;
  const bool small = (int64_t)shape.taps * shape.channels <= 16384 && step.tile->row_sums == nullptr;
  if (small && fits_down_lanes<V>(V::load(exponents), V::load(bias))) {
    const auto down = fixed_down_lanes<V>(V::load(multipliers), V::load(exponents));
    scale_rows<V>(step, [&](auto sum) { return V::clamp(multiply_down_lanes<V>(sum, down), lo, hi); });
  } else {
    const auto fixed = fixed_lanes<V>(V::load(multipliers), V::load(exponents));
    scale_rows<V>(step, [&](auto sum) { return V::clamp(multiply_lanes<V>(sum, fixed), lo, hi); });
  }
}

template <typename V>
static inline void scale_tile32_vector(const GemmIntArgs& args, const GemmAccTile<int32_t>& tile) {
  const int32_t low = args.lo - args.out_zero, high = args.hi - args.out_zero;
  for (int n = tile.n; n < tile.n_end; n += V::kWidth) {
    const ScaleRows step = {&args, &tile, n - tile.n, tile.n_end - n < V::kWidth ? tile.n_end - n : V::kWidth};
    const char* panel = tile.panel + (size_t)(step.offset / V::kWidth) * tile.panel_bytes;
    if (args.scaling == GemmScaling::kNone) {
      scale_rows<V>(step, [](auto sum) { return sum; });
    } else if (args.scaling == GemmScaling::kReal) {
      const auto real = V::real_of((const double*)(panel + V::kWidth * 4), low, high);
      scale_rows<V>(step, [&](auto sum) { return V::real(sum, real); });
    } else {
      scale_rows_fixed<V>(step, panel, low, high);
    }
  }
}

}  // namespace pestle::kernels
