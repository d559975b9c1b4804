// The float gemm loop over vector registers, written once for all instruction sets. An instruction-set file defines, in
// an anonymous namespace, a struct V with
//   Type; kWidth; kPanels (panels of kWidth columns a tile spans); kRows
//   zero, load (aligned), broadcast, fma, add, clamp(value, lo, hi), store(pointer, value, count of columns that exist)
// and calls f32_block<V>. A tile keeps kRows x kPanels sums in registers and walks k once: enough sums in flight to
// hide the latency of the fused multiply-add although every sum is strictly sequential. Plain header; V is local to its
// file, so every instance here is too.
#pragma once

#include "kernels/gemm/layout.h"
#include "kernels/gemm/walk.h"

namespace pestle::kernels {

struct F32Step {
  const GemmF32Args* args;
  int m, n, n_end;
  size_t panel_bytes;
};

template <typename V, int kRows, int kPanels>
static inline void f32_store(const F32Step& step, typename V::Type (&acc)[kRows][kPanels]) {
  const GemmF32Args& args = *step.args;
  const char* packed = (const char*)args.packed + (size_t)(step.n / V::kWidth) * step.panel_bytes;
  const auto lo = V::broadcast(&args.lo);
  const auto hi = V::broadcast(&args.hi);
#pragma GCC unroll 4
  for (int p = 0; p < kPanels; ++p) {
    const auto bias = V::load((const float*)(packed + (size_t)p * step.panel_bytes));
    const int column = step.n + p * V::kWidth;
    const int count = step.n_end - column;
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
      float* out = args.out + (step.m + r) * args.out_stride + column;
      V::store(out, V::clamp(V::add(acc[r][p], bias), lo, hi), count < V::kWidth ? count : V::kWidth);
    }
  }
}

template <typename V, int kRows, int kPanels>
__attribute__((noinline)) static void f32_tile(const F32Step& step) {
  const GemmF32Args& args = *step.args;
  const float* b[kPanels];
  for (int p = 0; p < kPanels; ++p) {
    b[p] = (const float*)((const char*)args.packed + (size_t)(step.n / V::kWidth + p) * step.panel_bytes) + V::kWidth;
  }
  typename V::Type acc[kRows][kPanels];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int p = 0; p < kPanels; ++p) acc[r][p] = V::zero();
  }
  for (int tap = 0; tap < args.shape.taps; ++tap) {
    const float* a[kRows];
    for (int r = 0; r < kRows; ++r) a[r] = (const float*)left_tap(args.left, args.shape.taps, step.m + r, tap);
    for (ptrdiff_t k = 0; k < args.shape.channels; ++k) {
      typename V::Type w[kPanels];
#pragma GCC unroll 4
      for (int p = 0; p < kPanels; ++p) w[p] = V::load(b[p] + k * V::kWidth);
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) {
        const auto x = V::broadcast(a[r] + k);
#pragma GCC unroll 4
        for (int p = 0; p < kPanels; ++p) acc[r][p] = V::fma(x, w[p], acc[r][p]);
      }
    }
    for (int p = 0; p < kPanels; ++p) b[p] += (ptrdiff_t)args.shape.channels * V::kWidth;
  }
  f32_store<V, kRows, kPanels>(step, acc);
}

// Chooses the instance for what is left of the block at its lower and right edges.
template <typename V, int kRows, int kPanels>
static inline void f32_dispatch(const F32Step& step, int rows, int panels) {
  if constexpr (kRows > 1) {
    if (rows < kRows) return f32_dispatch<V, kRows - 1, kPanels>(step, rows, panels);
  }
  if constexpr (kPanels > 1) {
    if (panels < kPanels) return f32_dispatch<V, kRows, kPanels - 1>(step, rows, panels);
  }
  f32_tile<V, kRows, kPanels>(step);
}

template <typename V>
static inline void f32_block(const GemmF32Args& args, const GemmBlock& block) {
  const size_t row_bytes = (size_t)args.shape.taps * (size_t)args.shape.channels * sizeof(float);
  F32Step step = {&args, 0, 0, 0, f32_panel_bytes(args.shape, V::kWidth)};
  walk_block(block, {V::kRows, V::kPanels, V::kWidth, row_bytes}, [&](int m, int rows, int n, int panels) {
    step.m = m;
    step.n = n;
    step.n_end = block.n1;
    f32_dispatch<V, V::kRows, V::kPanels>(step, rows, panels);
  });
}

}  // namespace pestle::kernels
