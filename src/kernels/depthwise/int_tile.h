// The 8-bit depthwise loop over vector registers, written once. An instruction-set file defines, in an anonymous
// namespace, a struct V with
//   Ints (int32 or int16 lanes); kBlock channels = 16-bit lanes
//   zero; widen<T>(pointer, count): kBlock values of int8 or uint8 as int16; load (aligned)
//   low_pairs(a, b), high_pairs(a, b): interleave 16-bit lanes; add_dot(acc, x, w): acc + sum of the products of a pair
//   Finish{...}, finish_of(args, block); add_bias(sums, Finish, half); store8(pointer, low, high, Finish, count);
//   spill(int32 pointer, sums); fits_down(block): see all_fit_down
// and calls int_rows<V, T>. Two neighbouring taps are interleaved to pairs, whose products one instruction adds. A row
// of taps above or below the image reads args.zero_row with steps of 0, so all rows of the output take the same way.
// Plain header; V is local to its file, so every instance here is too.
#pragma once

#include "kernels/depthwise/window.h"

namespace pestle::kernels {

// A run of output pixels of one row and one block of channels.
template <typename T>
struct IntRun {
  const T* in;             // tap (0, 0) of the first pixel, first channel of the block; may lie outside the image
  const T* zero;           // the zero row at the same channel
  const char* block;       // packed
  ptrdiff_t out;           // element index of the first pixel
  TapRange rows, columns;  // taps inside the image, for every pixel of the run
  int count;               // channels of the block that exist
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

// The taps of one filter row for one pixel or tile: where they are read, and the step from pixel to pixel.
template <typename T>
struct IntTaps {
  const T* in;
  ptrdiff_t tap, pixel;
};

// kTaps: the filter's width where it is known and no column of taps lies outside, so that the loop unrolls; -1:
// another width; 0: any width, columns may lie outside, and there is one pixel.
template <typename V, typename T, int kPixels, int kTaps>
static inline void add_row(typename V::Ints (&acc)[kPixels][2], const IntTaps<T>& taps, const IntRun<T>& run, int any_width,
                           const int16_t* weights) {
  const int width = kTaps > 0 ? kTaps : any_width;
  const T* in = taps.in;
  const ptrdiff_t pixel = taps.pixel;
  const int count = run.count;
  int kx = 0;
#pragma GCC unroll 4
  for (; kx + 1 < width; kx += 2, in += 2 * taps.tap, weights += 2 * V::kBlock) {
    const T* first = in;
    const T* second = in + taps.tap;
    if constexpr (kTaps == 0) {
      if (kx < run.columns.begin || kx >= run.columns.end) first = run.zero;
      if (kx + 1 < run.columns.begin || kx + 1 >= run.columns.end) second = run.zero;
    }
    const auto low = V::load(weights), high = V::load(weights + V::kBlock);
#pragma GCC unroll 4
    for (int i = 0; i < kPixels; ++i) {
      const auto a = V::widen(first + i * pixel, count), b = V::widen(second + i * pixel, count);
      acc[i][0] = V::add_dot(acc[i][0], V::low_pairs(a, b), low);
      acc[i][1] = V::add_dot(acc[i][1], V::high_pairs(a, b), high);
    }
  }
  if (kx == width) return;
  // The last tap of an odd width has no partner.
  if (kTaps == 0 && (kx < run.columns.begin || kx >= run.columns.end)) in = run.zero;
  const auto low = V::load(weights), high = V::load(weights + V::kBlock);
#pragma GCC unroll 4
  for (int i = 0; i < kPixels; ++i) {
    const auto a = V::widen(in + i * pixel, count);
    acc[i][0] = V::add_dot(acc[i][0], V::low_pairs(a, V::zero()), low);
    acc[i][1] = V::add_dot(acc[i][1], V::high_pairs(a, V::zero()), high);
  }
}

// `pixels` output pixels, at least kPixels; the last tile overlaps its neighbour where they are no multiple.
template <typename V, typename T, int kPixels, int kTaps>
__attribute__((noinline)) static void int_run(const DepthwiseIntArgs& args, const IntRun<T>& run, int pixels) {
  const DepthwiseShape& s = args.shape;
  const ptrdiff_t channels = s.channels, pixel = s.stride_width * channels, tap = s.dilation_width * channels;
  const ptrdiff_t tap_row = (ptrdiff_t)s.dilation_height * s.in_width * channels;
  const ptrdiff_t weights_row = (ptrdiff_t)((s.filter_width + 1) / 2) * 2 * V::kBlock;
  const auto finish = V::finish_of(args, run.block);
  for (int x = 0; x < pixels; x += kPixels) {
    if (x + kPixels > pixels) x = pixels - kPixels;
    typename V::Ints acc[kPixels][2];
#pragma GCC unroll 4
    for (int i = 0; i < kPixels; ++i) acc[i][0] = acc[i][1] = V::zero();
    const int16_t* weights = (const int16_t*)(run.block + (size_t)V::kBlock * 12);
    for (int ky = 0; ky < s.filter_height; ++ky, weights += weights_row) {
      IntTaps<T> taps = {run.zero, 0, 0};
      if (ky >= run.rows.begin && ky < run.rows.end) taps = {run.in + ky * tap_row + x * pixel, tap, pixel};
      add_row<V, T, kPixels, kTaps>(acc, taps, run, s.filter_width, weights);
    }
    const ptrdiff_t index = run.out + x * channels;
    const bool raw = args.scaling == DepthwiseScaling::kNone;
#pragma GCC unroll 4
    for (int i = 0; i < kPixels; ++i) {
      if (raw) store_raw<V>((int32_t*)args.out + index + i * channels, acc[i], finish, run.count);
      if (!raw) V::store8((uint8_t*)args.out + index + i * channels, acc[i][0], acc[i][1], finish, run.count);
    }
  }
}

// One row of one block: single pixels where taps stick out on the left or right, tiles in between.
template <typename V, typename T>
static inline void int_row(const DepthwiseIntArgs& args, const IntRun<T>& start, TapRange inner) {
  const DepthwiseShape& s = args.shape;
  int pixels = 0;
  for (int x = 0; x < s.out_width; x += pixels) {
    const int origin = x * s.stride_width - s.pad_left;
    IntRun<T> run = start;
    run.in += (ptrdiff_t)origin * s.channels;
    run.out += (ptrdiff_t)x * s.channels;
    pixels = x == inner.begin ? inner.end - inner.begin : 1;
    run.columns = taps_inside(origin, s.in_width, s.filter_width, s.dilation_width);
    if (pixels >= 4 && s.filter_width == 3) {
      int_run<V, T, 4, 3>(args, run, pixels);
    } else if (pixels >= 4 && s.filter_width == 5) {
      int_run<V, T, 4, 5>(args, run, pixels);
    } else if (pixels >= 4) {
      int_run<V, T, 4, -1>(args, run, pixels);
    } else {
      int_run<V, T, 1, 0>(args, run, pixels);
    }
  }
}

// True if the exponents and biases of all blocks allow the short form of rescaling; 8192 taps
// of at most 2^16 (uint8 without zero points) sum up to 2^29.
template <typename V>
static inline bool all_fit_down(const DepthwiseIntArgs& args) {
  const DepthwiseIntFormat format = {V::kBlock, true, false, 4};
  if (args.shape.filter_height * args.shape.filter_width > 8192) return false;
  const size_t bytes = int_block_bytes(args.shape, format);
  for (int i = 0; i < block_count(args.shape, V::kBlock); ++i) {
    if (!V::fits_down((const char*)args.packed + (size_t)i * bytes)) return false;
  }
  return true;
}

template <typename V, typename T>
static inline void int_rows(const DepthwiseIntArgs& args, int first_row, int last_row) {
  const DepthwiseShape& s = args.shape;
  const DepthwiseIntFormat format = {V::kBlock, true, false, 4};
  const ptrdiff_t channels = s.channels;
  const TapRange inner = inner_columns(s);
  const int blocks = block_count(s, V::kBlock);
  for (int row = first_row; row < last_row; ++row) {
    const RowWindow window = row_window(s, row);
    const ptrdiff_t in_row = ((ptrdiff_t)window.batch * s.in_height + window.origin) * s.in_width;
    for (int i = 0; i < blocks; ++i) {
      const int start = block_start(s, V::kBlock, i);
      const char* block = (const char*)args.packed + (size_t)i * int_block_bytes(s, format);
      const ptrdiff_t out = (ptrdiff_t)row * s.out_width * channels + start;
      const int count = s.channels < V::kBlock ? s.channels : V::kBlock;
      int_row<V, T>(args, {(const T*)args.input + in_row * channels + start, (const T*)args.zero_row + start, block, out, window.taps, {0, 0}, count}, inner);
    }
  }
}

}  // namespace pestle::kernels
