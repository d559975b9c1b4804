// The depthwise loop for 16-bit activations and depth multiplier 1: one pixel and kWideBlock channels at a time, in
// vectors of the compiler's own, so that one text serves every instruction set. Up to 511 taps of 2^15 * 2^7 stay
// below 2^31. Plain header, internal linkage.
#pragma once

#include "kernels/depthwise/window.h"
#include "kernels/rescale_wide.h"

namespace pestle::kernels {

constexpr int kWideBlock = 16;
constexpr int kWideTaps = 511;

typedef int16_t WideCodes __attribute__((vector_size(kWideBlock * 2)));
typedef int32_t WideSums __attribute__((vector_size(kWideBlock * 4)));

// One block of channels of one output row.
struct WideRun {
  const int16_t* in;  // first row of the window, first column of the image, first channel of the block
  const char* block;  // packed
  int16_t* out;       // first pixel
  TapRange rows;      // taps inside the image
  int count;          // channels of the block that exist
};

// As a reference, because a vector by value is passed differently from one instruction set to the next.
static inline void wide_load(WideSums& sums, const int16_t* p, int count) {
  WideCodes codes = {};
  if (count == kWideBlock) {
    memcpy(&codes, p, sizeof(codes));
  } else {
    memcpy(&codes, p, (size_t)count * sizeof(int16_t));
  }
  sums = __builtin_convertvector(codes, WideSums);
}

static inline void wide_row(const DepthwiseIntArgs& args, const WideRun& run) {
  const DepthwiseShape& s = args.shape;
  const WideRange range = {args.out_zero, args.lo, args.hi};
  int64_t bias[kWideBlock];
  memcpy(bias, run.block, sizeof(bias));
  const char* multipliers = run.block + sizeof(bias);
  const auto scale = wide_scale<kWideBlock>(multipliers, multipliers + kWideBlock * sizeof(int32_t));
  const int16_t* weights = (const int16_t*)(multipliers + 2 * kWideBlock * sizeof(int32_t));
  for (int x = 0; x < s.out_width; ++x) {
    const int origin = x * s.stride_width - s.pad_left;
    const TapRange columns = taps_inside(origin, s.in_width, s.filter_width, s.dilation_width);
    WideSums acc = {};
    for (int ky = run.rows.begin; ky < run.rows.end; ++ky) {
      for (int kx = columns.begin; kx < columns.end; ++kx) {
        WideSums in, w;
        const ptrdiff_t pixel = (ptrdiff_t)ky * s.dilation_height * s.in_width + origin + kx * s.dilation_width;
        wide_load(in, run.in + pixel * s.channels, run.count);
        wide_load(w, weights + (ky * s.filter_width + kx) * kWideBlock, kWideBlock);
        acc += in * w;
      }
    }
    int64_t sums[kWideBlock];
    int16_t out[kWideBlock];
    for (int c = 0; c < kWideBlock; ++c) sums[c] = bias[c] + acc[c];
    rescale_wide<kWideBlock>(sums, scale, range, out);
    memcpy(run.out + (ptrdiff_t)x * s.channels, out, (size_t)run.count * sizeof(int16_t));
  }
}

static inline void wide_rows(const DepthwiseIntArgs& args, int first_row, int last_row) {
  const DepthwiseShape& s = args.shape;
  if (s.filter_height * s.filter_width > kWideTaps) return depthwise_i16_i8_i16_1x16_generic(args, first_row, last_row);
  const DepthwiseIntFormat format = {kWideBlock, false, false, 8};
  for (int row = first_row; row < last_row; ++row) {
    const RowWindow window = row_window(s, row);
    const ptrdiff_t in_row = ((ptrdiff_t)window.batch * s.in_height + window.origin) * s.in_width;
    for (int i = 0; i < block_count(s, kWideBlock); ++i) {
      const int start = block_start(s, kWideBlock, i);
      wide_row(args, {(const int16_t*)args.input + in_row * s.channels + start,
                      (const char*)args.packed + (size_t)i * int_block_bytes(s, format),
                      (int16_t*)args.out + (ptrdiff_t)row * s.out_width * s.channels + start, window.taps,
                      s.channels < kWideBlock ? s.channels : kWideBlock});
    }
  }
}

}  // namespace pestle::kernels
