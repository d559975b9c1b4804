// The pooling loops, written plainly so that the compiler vectorises them for the instruction set of the file that
// includes this and defines its kernels with PESTLE_POOL_INT and PESTLE_POOL_FLOAT. Plain header, internal linkage.
#pragma once

#include "kernels/pool/pool.h"

namespace pestle::kernels {

constexpr int kPoolBlock = 64;  // channels reduced together, in a buffer that stays in the first-level cache

struct PoolSpan {
  int begin, end;
};

// Input positions of [0, size) that a window starting at `origin` covers.
static inline PoolSpan pool_span(int origin, int size, int filter) {
  const int end = origin + filter;
  return {origin < 0 ? 0 : origin, end < size ? end : size};
}

template <typename T>
static inline T pool_clamp(T value, T lo, T hi) {
  value = value < lo ? lo : value;
  return hi < value ? hi : value;
}

static inline float pool_rounded(float sum, int count) { return sum / (float)count; }

// The quotient of two 32-bit integers is exact enough in double that truncating it never reaches the next integer.
static inline int32_t pool_rounded(int32_t sum, int count) {
  const int32_t half = count / 2;
  return (int32_t)((double)(sum > 0 ? sum + half : sum - half) / (double)count);
}

// Unnamed, because member functions of a shared class could not be static.
namespace {

template <typename T, typename Acc>
struct AverageOf {
  using Sum = Acc;
  static Sum start() { return 0; }
  static Sum add(Sum sum, T value) { return sum + (Sum)value; }
  static Sum finish(Sum sum, int count) { return pool_rounded(sum, count); }
};

template <typename T>
struct LargestOf {
  using Sum = T;
  static Sum add(Sum sum, T value) { return sum < value ? value : sum; }
  static Sum finish(Sum sum, int) { return sum; }
  static Sum start() {
    if constexpr ((T)0.5f != 0) return (T)-0x1.fffffep127f;  // the lowest float
    if constexpr ((T)-1 > 0) return 0;
    return (T)(sizeof(T) == 1 ? -128 : -32768);
  }
};

using AverageF32 = AverageOf<float, float>;
using AverageI8 = AverageOf<int8_t, int32_t>;
using AverageU8 = AverageOf<uint8_t, int32_t>;
using AverageI16 = AverageOf<int16_t, int32_t>;
using MaxF32 = LargestOf<float>;
using MaxI8 = LargestOf<int8_t>;
using MaxU8 = LargestOf<uint8_t>;
using MaxI16 = LargestOf<int16_t>;

}  // namespace

template <typename T, typename Reduce>
static inline void pool_block(const T* in, ptrdiff_t step, PoolSpan columns, int count, typename Reduce::Sum* sums) {
  for (int x = columns.begin; x < columns.end; ++x) {
    const T* values = in + x * step;
    if (count == kPoolBlock) {
      for (int c = 0; c < kPoolBlock; ++c) sums[c] = Reduce::add(sums[c], values[c]);
    } else {
      for (int c = 0; c < count; ++c) sums[c] = Reduce::add(sums[c], values[c]);
    }
  }
}

template <typename T, typename Reduce>
static inline void pool_pixel(const PoolShape& s, const T* image, PoolSpan rows, PoolSpan columns, T* out, T lo, T hi) {
  using Sum = typename Reduce::Sum;
  const int values = (rows.end - rows.begin) * (columns.end - columns.begin);
  for (int c0 = 0; c0 < s.channels; c0 += kPoolBlock) {
    const int count = s.channels - c0 < kPoolBlock ? s.channels - c0 : kPoolBlock;
    Sum sums[kPoolBlock];
    for (int c = 0; c < kPoolBlock; ++c) sums[c] = Reduce::start();
    for (int y = rows.begin; y < rows.end; ++y) {
      pool_block<T, Reduce>(image + (ptrdiff_t)y * s.in_width * s.channels + c0, s.channels, columns, count, sums);
    }
    for (int c = 0; c < count; ++c) out[c0 + c] = (T)pool_clamp<Sum>(Reduce::finish(sums[c], values), lo, hi);
  }
}

template <typename T, typename Reduce>
static inline void pool_rows(const PoolArgs& args, T lo, T hi, PoolSpan range) {
  const PoolShape& s = args.shape;
  for (int row = range.begin; row < range.end; ++row) {
    const T* image = (const T*)args.input + (ptrdiff_t)(row / s.out_height) * s.in_height * s.in_width * s.channels;
    const PoolSpan rows = pool_span(row % s.out_height * s.stride_height - s.pad_top, s.in_height, s.filter_height);
    T* out = (T*)args.out + (ptrdiff_t)row * s.out_width * s.channels;
    for (int x = 0; x < s.out_width; ++x, out += s.channels) {
      const PoolSpan columns = pool_span(x * s.stride_width - s.pad_left, s.in_width, s.filter_width);
      pool_pixel<T, Reduce>(s, image, rows, columns, out, lo, hi);
    }
  }
}

#define PESTLE_POOL_INT(name, T, Reduce)                                       \
  void name(const PoolArgs& args, int first_row, int last_row) {               \
    pool_rows<T, Reduce>(args, (T)args.lo, (T)args.hi, {first_row, last_row}); \
  }
#define PESTLE_POOL_FLOAT(name, Reduce)                                                  \
  void name(const PoolArgs& args, int first_row, int last_row) {                         \
    pool_rows<float, Reduce>(args, args.float_lo, args.float_hi, {first_row, last_row}); \
  }

}  // namespace pestle::kernels
