// The float depthwise loop over vector registers, written once. An instruction-set file defines, in an anonymous
// namespace, a struct V with
//   Type; kWidth (channels of a block), kPixels; zero, load(pointer, count), fma, add, clamp(value, lo, hi), set1,
//   store(pointer, value, count)          count = channels that exist: less than kWidth only where a layer has fewer
// and calls f32_rows<V>. A block of channels walks along the row, kPixels output pixels at a time: one load of a weight
// serves them all, and their sums, each strictly sequential, hide one another's latency.
// Plain header; V is local to its file, so every instance here is too.
#pragma once

#include "kernels/depthwise/window.h"

namespace pestle::kernels {

struct F32Tile {
  const float* in;        // tap (0, 0) of the first pixel, first channel of the block; may lie outside the image
  const float* block;     // packed
  float* out;
  TapRange rows, columns;  // taps inside the image, for every pixel of the tile
  int filter_width, count;
  ptrdiff_t tap_row, tap, pixel, out_pixel;  // steps, elements
  float lo, hi;
};

template <typename V, int kPixels>
__attribute__((noinline)) static void f32_tile(const F32Tile& t) {
  typename V::Type acc[kPixels];
#pragma GCC unroll 8
  for (int i = 0; i < kPixels; ++i) acc[i] = V::zero();
  for (int ky = t.rows.begin; ky < t.rows.end; ++ky) {
    const float* in = t.in + ky * t.tap_row + t.columns.begin * t.tap;
    const float* weights = t.block + (ky * t.filter_width + t.columns.begin + 1) * V::kWidth;
    for (int kx = t.columns.begin; kx < t.columns.end; ++kx, in += t.tap, weights += V::kWidth) {
      const auto w = V::load(weights, V::kWidth);
#pragma GCC unroll 8
      for (int i = 0; i < kPixels; ++i) acc[i] = V::fma(V::load(in + i * t.pixel, t.count), w, acc[i]);
    }
  }
  const auto bias = V::load(t.block, V::kWidth);
#pragma GCC unroll 8
  for (int i = 0; i < kPixels; ++i) {
    V::store(t.out + i * t.out_pixel, V::clamp(V::add(acc[i], bias), V::set1(t.lo), V::set1(t.hi)), t.count);
  }
}

template <typename V, int kPixels>
static inline void f32_pixels(const F32Tile& tile, int pixels) {
  if constexpr (kPixels > 1) {
    if (pixels < kPixels) return f32_pixels<V, kPixels - 1>(tile, pixels);
  }
  f32_tile<V, kPixels>(tile);
}

// One row of one block: single pixels where taps stick out on the left or right, tiles in between.
template <typename V>
static inline void f32_row_block(const DepthwiseShape& s, const F32Tile& start) {
  const TapRange inner = inner_columns(s);
  int pixels = 0;
  for (int x = 0; x < s.out_width; x += pixels) {
    F32Tile tile = start;
    const bool inside = x >= inner.begin && x < inner.end;
    pixels = 1;
    if (inside) pixels = inner.end - x < V::kPixels ? inner.end - x : V::kPixels;
    const int origin = x * s.stride_width - s.pad_left;
    tile.in += (ptrdiff_t)origin * s.channels;
    tile.out += (ptrdiff_t)x * s.channels;
    tile.columns = inside ? TapRange{0, s.filter_width} : taps_inside(origin, s.in_width, s.filter_width, s.dilation_width);
    f32_pixels<V, V::kPixels>(tile, pixels);
  }
}

template <typename V>
static inline void f32_rows(const DepthwiseF32Args& args, int first_row, int last_row) {
  const DepthwiseShape& s = args.shape;
  const ptrdiff_t channels = s.channels;
  for (int row = first_row; row < last_row; ++row) {
    const RowWindow window = row_window(s, row);
    const ptrdiff_t in_row = ((ptrdiff_t)window.batch * s.in_height + window.origin) * s.in_width;
    for (int i = 0; i < block_count(s, V::kWidth); ++i) {
      const int start = block_start(s, V::kWidth, i);
      F32Tile tile = {};
      tile.in = args.input + in_row * channels + start;
      tile.block = (const float*)((const char*)args.packed + (size_t)i * f32_block_bytes(s, V::kWidth));
      tile.out = args.out + (ptrdiff_t)row * s.out_width * channels + start;
      tile.rows = window.taps;
      tile.filter_width = s.filter_width;
      tile.count = s.channels < V::kWidth ? s.channels : V::kWidth;
      tile.tap_row = (ptrdiff_t)s.dilation_height * s.in_width * channels;
      tile.tap = s.dilation_width * channels;
      tile.pixel = s.stride_width * channels;
      tile.out_pixel = channels;
      tile.lo = args.lo;
      tile.hi = args.hi;
      f32_row_block<V>(s, tile);
    }
  }
}

}  // namespace pestle::kernels
