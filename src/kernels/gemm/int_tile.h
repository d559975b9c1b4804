// The integer gemm loop over 16-bit pairs, written once for the instruction sets that have a multiply-add of pairs. An
// instruction-set file defines, in an anonymous namespace, a struct V with
//   Ints (kWidth int32); kRows, kPanels; zero; pair(pointer): one pair in every lane; widen(int8 pointer): 2 * kWidth
//   weights as int16; add_dot(acc, x, w): acc + x[2i] * w[2i] + x[2i + 1] * w[2i + 1]; store (aligned);
//   scale(args, tile): what follows the 32-bit and the 64-bit sum
// and calls int_block<V, Left, Sum>. Rows of the left operand are widened to int16 on the stack, a stretch of k at a
// time, and used for up to kColumns columns: this makes the inner loop free of taps, tails and types.
// int8: a pair adds at most 2^15, so int32 sums are exact. int16: a pair adds at most 2^23, so a stretch of 128 pairs
// stays below 2^31 and is then added to a 64-bit sum (a sum of exactly 2^31 would need 256 pairs).
// Plain header.
#pragma once

#include "kernels/gemm/layout.h"
#include "kernels/gemm/scale.h"

namespace pestle::kernels {

constexpr int kColumns = 128;  // columns that one widening of the left rows serves

// A stretch of k: pairs [first, first + count) of the packed order.
struct PairRange {
  int first, count;
};

// One row's pairs as int16; an odd channel count ends with a pair whose second half meets a zero weight.
template <typename Left>
static inline void widen_row(const GemmIntArgs& args, int m, PairRange range, int16_t* out) {
  const int channels = args.shape.channels;
  const int per_tap = (channels + 1) / 2;
  int pair = range.first;
  const int end = range.first + range.count;
  while (pair < end) {
    const int tap = pair / per_tap, start = 2 * (pair % per_tap);
    const int wanted = 2 * (end - pair) < 2 * per_tap - start ? 2 * (end - pair) : 2 * per_tap - start;
    const int present = channels - start < wanted ? channels - start : wanted;
    const Left* x = (const Left*)left_tap(args.left, args.shape.taps, m, tap) + start;
    for (int i = 0; i < present; ++i) out[i] = x[i];
    if (present < wanted) out[present] = 0;
    out += wanted;
    pair += wanted / 2;
  }
}

struct DotStep {
  const int16_t* left;  // [rows][left_stride]
  ptrdiff_t left_stride;
  const int8_t* weights;  // first pair of the first panel
  size_t panel_bytes;
  int pairs;
  int32_t* sums;  // [rows][kPanels * kWidth], aligned
};

template <typename V, int kRows, int kPanels>
__attribute__((noinline)) static void dot_tile(const DotStep& step) {
  typename V::Ints acc[kRows][kPanels];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int p = 0; p < kPanels; ++p) acc[r][p] = V::zero();
  }
  const int16_t* x = step.left;
  const int8_t* b = step.weights;
  for (int k = 0; k < step.pairs; ++k, x += 2, b += 2 * V::kWidth) {
    typename V::Ints w[kPanels];
#pragma GCC unroll 4
    for (int p = 0; p < kPanels; ++p) w[p] = V::widen(b + (size_t)p * step.panel_bytes);
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
      const auto pair = V::pair(x + r * step.left_stride);
#pragma GCC unroll 4
      for (int p = 0; p < kPanels; ++p) acc[r][p] = V::add_dot(acc[r][p], pair, w[p]);
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int p = 0; p < kPanels; ++p) V::store(step.sums + (r * V::kPanels + p) * V::kWidth, acc[r][p]);
  }
}

template <typename V, int kRows, int kPanels>
static inline void dot_dispatch(const DotStep& step, int rows, int panels) {
  if constexpr (kRows > 1) {
    if (rows < kRows) return dot_dispatch<V, kRows - 1, kPanels>(step, rows, panels);
  }
  if constexpr (kPanels > 1) {
    if (panels < kPanels) return dot_dispatch<V, kRows, kPanels - 1>(step, rows, panels);
  }
  dot_tile<V, kRows, kPanels>(step);
}

// The sums of `rows` rows x up to kColumns columns, all of k.
template <typename V, typename Sum>
struct SumTile {
  // Pairs widened at a time; see the head of this file for the 16-bit limit.
  static constexpr int kPairs = sizeof(Sum) == 8 ? 128 : 512;
  alignas(64) int16_t left[V::kRows][2 * kPairs];
  alignas(64) int32_t part[V::kRows * V::kPanels * V::kWidth];
  alignas(64) Sum sums[V::kRows][kColumns];
};

template <typename V, typename Sum>
static inline void add_part(SumTile<V, Sum>& tile, int rows, int column, bool first) {
  constexpr int kSpan = V::kPanels * V::kWidth;
  for (int r = 0; r < rows; ++r) {
    const int32_t* part = tile.part + r * kSpan;
    Sum* sums = tile.sums[r] + column;
    for (int c = 0; c < kSpan; ++c) sums[c] = first ? (Sum)part[c] : (Sum)(sums[c] + part[c]);
  }
}

template <typename V, typename Left, typename Sum>
static inline void sum_tile(const GemmIntArgs& args, GemmAccTile<Sum>& where, SumTile<V, Sum>& tile) {
  constexpr int kSpan = V::kPanels * V::kWidth;
  const int pairs = args.shape.taps * ((args.shape.channels + 1) / 2);
  const int8_t* weights = (const int8_t*)where.panel + int_header_bytes(V::kWidth, sizeof(Sum));
  for (int first = 0; first < pairs; first += tile.kPairs) {
    const PairRange range = {first, pairs - first < tile.kPairs ? pairs - first : tile.kPairs};
    for (int r = 0; r < where.rows; ++r) widen_row<Left>(args, where.m + r, range, tile.left[r]);
    for (int n = where.n; n < where.n_end; n += kSpan) {
      const int panels = (where.n_end - n + V::kWidth - 1) / V::kWidth;
      const int8_t* b =
          weights + (size_t)((n - where.n) / V::kWidth) * where.panel_bytes + (ptrdiff_t)first * 2 * V::kWidth;
      dot_dispatch<V, V::kRows, V::kPanels>(
          {tile.left[0], 2 * tile.kPairs, b, where.panel_bytes, range.count, tile.part}, where.rows,
          panels < V::kPanels ? panels : V::kPanels);
      add_part(tile, where.rows, n - where.n, first == 0);
    }
  }
}

template <typename V, typename Left, typename Sum>
static inline void int_block(const GemmIntArgs& args, const GemmBlock& block) {
  const GemmIntFormat format = {0, 0, sizeof(Sum)};
  SumTile<V, Sum> tile;
  int32_t row_sums[V::kRows];
  const size_t panel_bytes = int_panel_bytes(args.shape, {V::kRows, V::kWidth, 2}, format.acc_bytes);
  GemmAccTile<Sum> where = {tile.sums[0], kColumns, 0, 0, 0, 0, V::kWidth, nullptr, panel_bytes, nullptr};
  if (args.weight_zero != 0) where.row_sums = row_sums;
  for (where.m = block.m0; where.m < block.m1; where.m += where.rows) {
    where.rows = block.m1 - where.m < V::kRows ? block.m1 - where.m : V::kRows;
    if (where.row_sums != nullptr) weighted_row_sums<Left>(args, format, where.m, where.rows, row_sums);
    for (where.n = block.n0; where.n < block.n1; where.n = where.n_end) {
      where.n_end = block.n1 - where.n < kColumns ? block.n1 : where.n + kColumns;
      where.panel = (const char*)args.packed + (size_t)(where.n / V::kWidth) * panel_bytes;
      sum_tile<V, Left, Sum>(args, where, tile);
      V::scale(args, where);
    }
  }
}

}  // namespace pestle::kernels
