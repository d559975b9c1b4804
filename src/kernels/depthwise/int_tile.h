// The 8-bit depthwise loop over vector registers, written once. An instruction-set file defines, in an anonymous
// namespace, a struct V with
//   Ints (int32 or int16 lanes); kBlock channels = 16-bit lanes; kPixels
//   zero; widen<T>(pointer, count): kBlock values of int8 or uint8 as int16; load (aligned)
//   low_pairs(a, b), high_pairs(a, b): interleave 16-bit lanes; add_dot(acc, x, w): acc + sum of the products of a pair
//   Finish{...}, finish_of(args, block); add_bias(sums, Finish, half); store8(pointer, low, high, Finish, count);
//   spill(int32 pointer, sums)
// and calls int_rows<V, T>. Two neighbouring taps are interleaved to pairs, whose products one instruction adds. A row
// of taps above or below the image reads args.zero_row with steps of 0, so all rows of the output take the same way.
// Plain header; V is local to its file, so every instance here is too.
#pragma once

#include "kernels/depthwise/window.h"

namespace pestle::kernels {

template <typename T>
struct IntTile {
  const T* in;             // tap (0, 0) of the first pixel, first channel of the block; may lie outside the image
  const T* zero;           // the zero row at the same channel
  const char* block;       // packed
  ptrdiff_t out;           // element index of the first pixel
  TapRange rows, columns;  // taps inside the image, for every pixel of the tile
  int filter_height, filter_width, count;
  ptrdiff_t tap_row, tap, pixel;  // steps, elements
};

// Raw sums go out in the order of the channels (see depthwise_channel_at).
template <typename V>
static inline void store_raw(int32_t* out, const typename V::Ints (&acc)[2], const typename V::Finish& finish, int count) {
  constexpr int kHalf = V::kBlock / 2;
  for (int half = 0; half < 2; ++half) {
    int32_t sums[kHalf];
    V::spill(sums, V::add_bias(acc[half], finish, half));
    for (int lane = 0; lane < kHalf; ++lane) {
      const int channel = 8 * (lane / 4) + 4 * half + lane % 4;
      if (channel < count) out[channel] = sums[lane];
    }
  }
}

// kEdge: some columns of taps lie outside; then there is one pixel.
template <typename V, typename T, int kPixels, bool kEdge>
static inline void add_row(typename V::Ints (&acc)[kPixels][2], const IntTile<T>& t, int ky, const int16_t* weights) {
  const bool inside = ky >= t.rows.begin && ky < t.rows.end;
  const T* in = inside ? t.in + ky * t.tap_row : t.zero;
  const ptrdiff_t tap = inside ? t.tap : 0, pixel = inside ? t.pixel : 0;
  for (int kx = 0; kx < t.filter_width; kx += 2, weights += 2 * V::kBlock) {
    const T* first = in + kx * tap;
    const T* second = kx + 1 < t.filter_width ? first + tap : first;  // past the filter: the weight is zero
    if constexpr (kEdge) {
      if (kx < t.columns.begin || kx >= t.columns.end) first = t.zero;
      if (kx + 1 < t.columns.begin || kx + 1 >= t.columns.end) second = t.zero;
    }
    const auto low = V::load(weights), high = V::load(weights + V::kBlock);
#pragma GCC unroll 8
    for (int i = 0; i < kPixels; ++i) {
      const auto a = V::widen(first + i * pixel, t.count), b = V::widen(second + i * pixel, t.count);
      acc[i][0] = V::add_dot(acc[i][0], V::low_pairs(a, b), low);
      acc[i][1] = V::add_dot(acc[i][1], V::high_pairs(a, b), high);
    }
  }
}

template <typename V, typename T, int kPixels, bool kEdge>
__attribute__((noinline)) static void int_tile(const DepthwiseIntArgs& args, const IntTile<T>& t) {
  typename V::Ints acc[kPixels][2];
#pragma GCC unroll 8
  for (int i = 0; i < kPixels; ++i) acc[i][0] = acc[i][1] = V::zero();
  const int16_t* weights = (const int16_t*)(t.block + (size_t)V::kBlock * 12);
  const ptrdiff_t weights_row = (ptrdiff_t)((t.filter_width + 1) / 2) * 2 * V::kBlock;
  for (int ky = 0; ky < t.filter_height; ++ky) add_row<V, T, kPixels, kEdge>(acc, t, ky, weights + ky * weights_row);
  const auto finish = V::finish_of(args, t.block);
#pragma GCC unroll 8
  for (int i = 0; i < kPixels; ++i) {
    const ptrdiff_t index = t.out + (ptrdiff_t)i * args.shape.channels;
    if (args.scaling == DepthwiseScaling::kNone) {
      store_raw<V>((int32_t*)args.out + index, acc[i], finish, t.count);
    } else {
      V::store8((uint8_t*)args.out + index, acc[i][0], acc[i][1], finish, t.count);
    }
  }
}

template <typename V, typename T, int kPixels>
static inline void int_pixels(const DepthwiseIntArgs& args, const IntTile<T>& tile, int pixels) {
  if constexpr (kPixels > 1) {
    if (pixels < kPixels) return int_pixels<V, T, kPixels - 1>(args, tile, pixels);
  }
  int_tile<V, T, kPixels, false>(args, tile);
}

// One row of one block: single pixels where taps stick out on the left or right, tiles in between.
template <typename V, typename T>
static inline void int_row_block(const DepthwiseIntArgs& args, const IntTile<T>& start) {
  const DepthwiseShape& s = args.shape;
  const TapRange inner = inner_columns(s);
  int pixels = 0;
  for (int x = 0; x < s.out_width; x += pixels) {
    IntTile<T> tile = start;
    const bool inside = x >= inner.begin && x < inner.end;
    pixels = 1;
    if (inside) pixels = inner.end - x < V::kPixels ? inner.end - x : V::kPixels;
    const int origin = x * s.stride_width - s.pad_left;
    tile.in += (ptrdiff_t)origin * s.channels;
    tile.out += (ptrdiff_t)x * s.channels;
    tile.columns = taps_inside(origin, s.in_width, s.filter_width, s.dilation_width);
    if (inside) int_pixels<V, T, V::kPixels>(args, tile, pixels);
    if (!inside) int_tile<V, T, 1, true>(args, tile);
  }
}

template <typename V, typename T>
static inline void int_rows(const DepthwiseIntArgs& args, int first_row, int last_row) {
  const DepthwiseShape& s = args.shape;
  const DepthwiseIntFormat format = {V::kBlock, true, false, 4};
  const ptrdiff_t channels = s.channels;
  for (int row = first_row; row < last_row; ++row) {
    const RowWindow window = row_window(s, row);
    const ptrdiff_t in_row = ((ptrdiff_t)window.batch * s.in_height + window.origin) * s.in_width;
    for (int i = 0; i < block_count(s, V::kBlock); ++i) {
      const int start = block_start(s, V::kBlock, i);
      IntTile<T> tile = {};
      tile.in = (const T*)args.input + in_row * channels + start;
      tile.zero = (const T*)args.zero_row + start;
      tile.block = (const char*)args.packed + (size_t)i * int_block_bytes(s, format);
      tile.out = (ptrdiff_t)row * s.out_width * channels + start;
      tile.rows = window.taps;
      tile.filter_height = s.filter_height;
      tile.filter_width = s.filter_width;
      tile.count = s.channels < V::kBlock ? s.channels : V::kBlock;
      tile.tap_row = (ptrdiff_t)s.dilation_height * s.in_width * channels;
      tile.tap = s.dilation_width * channels;
      tile.pixel = s.stride_width * channels;
      int_row_block<V, T>(args, tile);
    }
  }
}

}  // namespace pestle::kernels
