// The float depthwise loop over vector registers, written once. An instruction-set file defines, in an anonymous
// namespace, a struct V with
//   Type (kWidth floats); kBlock = 2 * kWidth channels; zero, load(pointer), load_input(pointer, count), fma, add,
//   set1, clamp(value, lo, hi), store(pointer, value, count) count = channels that exist: may be less than kWidth only
//   in the variant for layers of fewer channels than a block
// and calls f32_rows<V>. A block of channels walks along the row, 4 pixels at a time: one load of a weight serves them
// all, 8 strictly sequential sums hide one another's latency, and the addresses of 4 pixels need only two strides.
// Plain header; V is local to its file, so every instance here is too.
#pragma once

#include "kernels/depthwise/window.h"

namespace pestle::kernels {

// A run of output pixels of one row and one block of channels.
struct F32Run {
  const float* in;     // tap (0, 0) of the first pixel, first channel of the block; may lie outside the image
  const float* block;  // packed
  float* out;
  TapRange rows, columns;  // taps inside the image, for every pixel of the run
  int count;               // channels of the block that exist
};

template <typename V, int kPixels>
static inline void f32_add_tap(typename V::Type (&acc)[kPixels][2], const float* in, ptrdiff_t pixel,
                               const float* weights, int count) {
  const auto low = V::load(weights), high = V::load(weights + V::kWidth);
#pragma GCC unroll 4
  for (int i = 0; i < kPixels; ++i) {
    acc[i][0] = V::fma(V::load_input(in + i * pixel, count), low, acc[i][0]);
    acc[i][1] = V::fma(V::load_input(in + i * pixel + V::kWidth, count - V::kWidth), high, acc[i][1]);
  }
}

template <typename V, int kPixels>
static inline void f32_finish(typename V::Type (&acc)[kPixels][2], const DepthwiseF32Args& args, const F32Run& run,
                              float* out) {
  const auto low = V::load(run.block), high = V::load(run.block + V::kWidth);
  const auto lo = V::set1(args.lo), hi = V::set1(args.hi);
  const ptrdiff_t channels = args.shape.channels;
  const int count = run.count;
#pragma GCC unroll 4
  for (int i = 0; i < kPixels; ++i) {
    V::store(out + i * channels, V::clamp(V::add(acc[i][0], low), lo, hi), count);
    V::store(out + i * channels + V::kWidth, V::clamp(V::add(acc[i][1], high), lo, hi), count - V::kWidth);
  }
}

// `pixels` output pixels, at least kPixels; the last tile overlaps its neighbour where they are no multiple.
// kTaps: the number of columns of taps inside where it is known, so that the loop unrolls; else 0.
template <typename V, int kPixels, int kTaps>
__attribute__((noinline)) static void f32_run(const DepthwiseF32Args& args, const F32Run& run, int pixels) {
  const DepthwiseShape& s = args.shape;
  const ptrdiff_t channels = s.channels, pixel = s.stride_width * channels, tap = s.dilation_width * channels;
  const ptrdiff_t tap_row = (ptrdiff_t)s.dilation_height * s.in_width * channels;
  const int taps = kTaps > 0 ? kTaps : run.columns.end - run.columns.begin, row_taps = s.filter_width * V::kBlock,
            count = run.count;
  const float* first_in = run.in + run.rows.begin * tap_row + run.columns.begin * tap;
  const float* first_weights = run.block + (run.rows.begin * s.filter_width + run.columns.begin + 1) * V::kBlock;
  for (int x = 0; x < pixels; x += kPixels) {
    if (x + kPixels > pixels) x = pixels - kPixels;
    typename V::Type acc[kPixels][2];
#pragma GCC unroll 4
    for (int i = 0; i < kPixels; ++i) acc[i][0] = acc[i][1] = V::zero();
    const float* in = first_in + x * pixel;
    const float* weights = first_weights;
    for (int ky = run.rows.begin; ky < run.rows.end; ++ky, in += tap_row, weights += row_taps) {
      const float* at = in;
      const float* w = weights;
#pragma GCC unroll 5
      for (int kx = 0; kx < taps; ++kx, at += tap, w += V::kBlock) f32_add_tap<V, kPixels>(acc, at, pixel, w, count);
    }
    f32_finish<V, kPixels>(acc, args, run, run.out + x * channels);
  }
}

// One row of one block: single pixels where taps stick out on the left or right, tiles in between.
template <typename V>
static inline void f32_row(const DepthwiseF32Args& args, const F32Run& start, TapRange inner) {
  const DepthwiseShape& s = args.shape;
  int pixels = 0;
  for (int x = 0; x < s.out_width; x += pixels) {
    const int origin = x * s.stride_width - s.pad_left;
    F32Run run = start;
    run.in += (ptrdiff_t)origin * s.channels;
    run.out += (ptrdiff_t)x * s.channels;
    pixels = x == inner.begin ? inner.end - inner.begin : 1;
    run.columns = taps_inside(origin, s.in_width, s.filter_width, s.dilation_width);
    if (pixels >= 4 && s.filter_width == 3) {
      f32_run<V, 4, 3>(args, run, pixels);
    } else if (pixels >= 4 && s.filter_width == 5) {
      f32_run<V, 4, 5>(args, run, pixels);
    } else if (pixels >= 4) {
      f32_run<V, 4, 0>(args, run, pixels);
    } else {
      f32_run<V, 1, 0>(args, run, pixels);
    }
  }
}

template <typename V>
static inline void f32_rows(const DepthwiseF32Args& args, int first_row, int last_row) {
  const DepthwiseShape& s = args.shape;
  const ptrdiff_t channels = s.channels;
  const TapRange inner = inner_columns(s);
  const int blocks = block_count(s, V::kBlock);
  for (int row = first_row; row < last_row; ++row) {
    const RowWindow window = row_window(s, row);
    const ptrdiff_t in_row = ((ptrdiff_t)window.batch * s.in_height + window.origin) * s.in_width;
    for (int i = 0; i < blocks; ++i) {
      const int start = block_start(s, V::kBlock, i);
      const float* block = (const float*)((const char*)args.packed + (size_t)i * f32_block_bytes(s, V::kBlock));
      float* out = args.out + (ptrdiff_t)row * s.out_width * channels + start;
      const int count = s.channels < V::kBlock ? s.channels : V::kBlock;
      f32_row<V>(args, {args.input + in_row * channels + start, block, out, window.taps, {0, 0}, count}, inner);
    }
  }
}

}  // namespace pestle::kernels
