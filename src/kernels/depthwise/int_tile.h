// The 8-bit depthwise loop over vector registers, written once. An instruction-set file defines, in an anonymous
// namespace, a struct V with
//   Ints (int32 or int16 lanes); kBlock channels = 16-bit lanes
//   zero; widen<T>(pointer, count): kBlock values of int8 or uint8 as int16; load (aligned)
//   low_pairs(a, b), high_pairs(a, b): interleave 16-bit lanes; add_dot(acc, x, w): acc + sum of the products of a pair
//   Finish{...}, finish_of(args, block); add_bias(sums, Finish, half); store8(pointer, low, high, Finish, count);
//   spill(int32 pointer, sums); fits_down(block): see all_fit_down
// and calls int_rows<V, T>. Taps of two neighbouring filter rows are interleaved to pairs, whose products one
// instruction adds. A row of taps above or below the image reads args.zero_row with steps of 0, so all rows of the
// output take the same way.
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
static inline void store_raw(int32_t* out, const typename V::Ints (&acc)[2], const typename V::Finish& finish,
                             int count) {
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

// Two neighbouring rows of taps, the second absent for the last row of an odd height. A row outside the image is the
// zero row, with a step of 0 from column to column.
template <typename T>
struct IntRows {
  const T* in[2];
  ptrdiff_t column[2];
};

// How the taps of a tile lie: kWidth taps and kStride pixels apart where columns can be shared, or kWidth = kAnyWidth,
// or kWidth = kEdgeWidth: one pixel, and columns may lie outside.
constexpr int kAnyWidth = 0, kEdgeWidth = -1;

// The interleaved values of one column of a row pair.
template <typename V, bool kBoth, typename T>
static inline void load_pairs(typename V::Ints (&pairs)[2], const T* first, const T* second, int count) {
  const auto a = V::widen(first, count);
  auto b = V::zero();
  if constexpr (kBoth) b = V::widen(second, count);
  pairs[0] = V::low_pairs(a, b);
  pairs[1] = V::high_pairs(a, b);
}

template <typename V>
static inline void add_pairs(typename V::Ints (&acc)[2], const typename V::Ints (&pairs)[2], const int16_t* weights) {
  acc[0] = V::add_dot(acc[0], pairs[0], V::load(weights));
  acc[1] = V::add_dot(acc[1], pairs[1], V::load(weights + V::kBlock));
}

// Each input column is loaded, widened and interleaved once for all pixels of the tile that see it.
template <typename V, typename T, int kPixels, int kWidth, int kStride, bool kBoth>
static inline void add_shared(typename V::Ints (&acc)[kPixels][2], const IntRows<T>& rows, int count,
                              const int16_t* weights) {
#pragma GCC unroll 16
  for (int j = 0; j < (kPixels - 1) * kStride + kWidth; ++j) {
    typename V::Ints pairs[2];
    load_pairs<V, kBoth>(pairs, rows.in[0] + j * rows.column[0], rows.in[1] + j * rows.column[1], count);
#pragma GCC unroll 4
    for (int i = 0; i < kPixels; ++i) {
      const int kx = j - i * kStride;
      if (kx >= 0 && kx < kWidth) add_pairs<V>(acc[i], pairs, weights + kx * 2 * V::kBlock);
    }
  }
}

template <typename V, typename T, int kPixels, int kWidth, bool kBoth>
static inline void add_any(typename V::Ints (&acc)[kPixels][2], const DepthwiseShape& s, const IntRun<T>& run,
                           const IntRows<T>& rows, const int16_t* weights) {
  for (int kx = 0; kx < s.filter_width; ++kx, weights += 2 * V::kBlock) {
    const T* first = rows.in[0] + (ptrdiff_t)kx * s.dilation_width * rows.column[0];
    const T* second = rows.in[1] + (ptrdiff_t)kx * s.dilation_width * rows.column[1];
    if (kWidth == kEdgeWidth && (kx < run.columns.begin || kx >= run.columns.end)) first = second = run.zero;
#pragma GCC unroll 4
    for (int i = 0; i < kPixels; ++i) {
      typename V::Ints pairs[2];
      const ptrdiff_t pixel = i * s.stride_width;
      load_pairs<V, kBoth>(pairs, first + pixel * rows.column[0], second + pixel * rows.column[1], run.count);
      add_pairs<V>(acc[i], pairs, weights);
    }
  }
}

template <typename V, typename T, int kPixels, int kWidth, int kStride, bool kBoth>
static inline void add_rows(typename V::Ints (&acc)[kPixels][2], const DepthwiseShape& s, const IntRun<T>& run,
                            const IntRows<T>& rows, const int16_t* weights) {
  if constexpr (kWidth > 0) add_shared<V, T, kPixels, kWidth, kStride, kBoth>(acc, rows, run.count, weights);
  if constexpr (kWidth <= 0) add_any<V, T, kPixels, kWidth, kBoth>(acc, s, run, rows, weights);
}

// `pixels` output pixels, at least kPixels; the last tile overlaps its neighbour where they are no multiple.
template <typename V, typename T, int kPixels, int kWidth, int kStride>
__attribute__((noinline)) static void int_run(const DepthwiseIntArgs& args, const IntRun<T>& run, int pixels) {
  const DepthwiseShape& s = args.shape;
  const ptrdiff_t channels = s.channels, in_row = (ptrdiff_t)s.dilation_height * s.in_width * channels;
  const ptrdiff_t weights_rows = (ptrdiff_t)s.filter_width * 2 * V::kBlock;
  const bool raw = args.scaling == DepthwiseScaling::kNone;
  const auto finish = V::finish_of(args, run.block);
  for (int x = 0; x < pixels; x += kPixels) {
    if (x + kPixels > pixels) x = pixels - kPixels;
    typename V::Ints acc[kPixels][2];
#pragma GCC unroll 4
    for (int i = 0; i < kPixels; ++i) acc[i][0] = acc[i][1] = V::zero();
    const T* in = run.in + x * s.stride_width * channels;
    const int16_t* weights = (const int16_t*)(run.block + (size_t)V::kBlock * 12);
    for (int ky = 0; ky < s.filter_height; ky += 2, weights += weights_rows) {
      IntRows<T> rows = {{run.zero, run.zero}, {0, 0}};
      for (int k = 0; k < 2; ++k) {
        if (ky + k < run.rows.begin || ky + k >= run.rows.end) continue;
        rows.in[k] = in + (ky + k) * in_row;
        rows.column[k] = channels;
      }
      if (ky + 1 < s.filter_height) {
        add_rows<V, T, kPixels, kWidth, kStride, true>(acc, s, run, rows, weights);
      } else {
        add_rows<V, T, kPixels, kWidth, kStride, false>(acc, s, run, rows, weights);
      }
    }
    const ptrdiff_t index = run.out + x * channels;
#pragma GCC unroll 4
    for (int i = 0; i < kPixels; ++i) {
      if (raw) store_raw<V>((int32_t*)args.out + index + i * channels, acc[i], finish, run.count);
      if (!raw) V::store8((uint8_t*)args.out + index + i * channels, acc[i][0], acc[i][1], finish, run.count);
    }
  }
}

// Filters whose neighbouring pixels share columns in a way known to the compiler.
template <typename V, typename T>
static inline void int_tiles(const DepthwiseIntArgs& args, const IntRun<T>& run, int pixels) {
  const DepthwiseShape& s = args.shape;
  const int width = s.dilation_width == 1 ? s.filter_width : kAnyWidth;
  if (width == 3 && s.stride_width == 1) return int_run<V, T, 4, 3, 1>(args, run, pixels);
  if (width == 3 && s.stride_width == 2) return int_run<V, T, 4, 3, 2>(args, run, pixels);
  if (width == 5 && s.stride_width == 1) return int_run<V, T, 4, 5, 1>(args, run, pixels);
  if (width == 5 && s.stride_width == 2) return int_run<V, T, 4, 5, 2>(args, run, pixels);
  int_run<V, T, 4, kAnyWidth, 0>(args, run, pixels);
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
    if (pixels >= 4) {
      int_tiles<V, T>(args, run, pixels);
    } else {
      int_run<V, T, 1, kEdgeWidth, 0>(args, run, pixels);
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
      int_row<V, T>(args,
                    {(const T*)args.input + in_row * channels + start,
                     (const T*)args.zero_row + start,
                     block,
                     out,
                     window.taps,
                     {0, 0},
                     count},
                    inner);
    }
  }
}

}  // namespace pestle::kernels
