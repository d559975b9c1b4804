// Which taps of a depthwise filter lie inside the image, and where blocks of channels lie in the packed weights.
// Plain header; every function has internal linkage (see ../README.md).
#pragma once

#include "kernels/depthwise/depthwise.h"

namespace pestle::kernels {

struct TapRange {
  int begin, end;
};

// Taps k of [0, filter) with 0 <= origin + k * dilation < size; empty ranges are {0, 0}.
static inline TapRange taps_inside(int origin, int size, int filter, int dilation) {
  const int begin = origin < 0 ? (-origin + dilation - 1) / dilation : 0;
  const int reach = size - origin;
  const int end = reach <= 0 ? 0 : (reach + dilation - 1) / dilation;
  const TapRange range = {begin, end < filter ? end : filter};
  return range.begin < range.end ? range : TapRange{0, 0};
}

// Output columns all of whose taps lie inside the image.
static inline TapRange inner_columns(const DepthwiseShape& s) {
  const int begin = (s.pad_left + s.stride_width - 1) / s.stride_width;
  const int last = s.in_width - 1 - (s.filter_width - 1) * s.dilation_width + s.pad_left;
  const int end = last < 0 ? 0 : last / s.stride_width + 1;
  const TapRange range = {begin, end < s.out_width ? end : s.out_width};
  return range.begin < range.end ? range : TapRange{s.out_width, s.out_width};
}

// Where one output row reads: `origin` may be negative.
struct RowWindow {
  int batch, y, origin;
  TapRange taps;
};

static inline RowWindow row_window(const DepthwiseShape& s, int row) {
  RowWindow window = {row / s.out_height, row % s.out_height, 0, {0, 0}};
  window.origin = window.y * s.stride_height - s.pad_top;
  window.taps = taps_inside(window.origin, s.in_height, s.filter_height, s.dilation_height);
  return window;
}

static inline int block_count(const DepthwiseShape& s, int block) {
  return (s.channels * s.multiplier + block - 1) / block;
}

// First output channel of a block: the last block ends with the last channel.
static inline int block_start(const DepthwiseShape& s, int block, int index) {
  const int last = s.channels * s.multiplier - block;
  if (last < 0) return 0;
  return index * block < last ? index * block : last;
}

static inline size_t f32_block_bytes(const DepthwiseShape& s, int block) {
  return ((size_t)s.filter_height * (size_t)s.filter_width + 1) * (size_t)block * sizeof(float);
}

static inline size_t int_block_header(const DepthwiseIntFormat& format) {
  return (size_t)format.block * (size_t)(format.acc_bytes + 8);
}

static inline size_t int_block_bytes(const DepthwiseShape& s, const DepthwiseIntFormat& format) {
  const size_t rows = (size_t)(format.interleaved ? (s.filter_height + 1) / 2 * 2 : s.filter_height);
  return (int_block_header(format) + rows * (size_t)s.filter_width * (size_t)format.block * 2 + 63) / 64 * 64;
}

// The channel of a block that stands at a position: unpacking the low and the high halves of 128-bit lanes of 16-bit
// numbers puts channels 0-3, 8-11, ... into the first vector of 32-bit sums and 4-7, 12-15, ... into the second.
static inline int depthwise_channel_at(const DepthwiseIntFormat& format, int position) {
  if (!format.interleaved) return position;
  const int half = format.block / 2;
  const int vector = position / half, lane = position % half;
  return 8 * (lane / 4) + 4 * vector + lane % 4;
}

}  // namespace pestle::kernels
