// The loops of the hybrid family, written plainly so that the compiler vectorises them for the instruction set of the
// file that includes this and defines its kernels with PESTLE_HYBRID_KERNELS. Plain header, internal linkage.
#pragma once

#include <string.h>

#include "kernels/hybrid/hybrid.h"

namespace pestle::kernels {

constexpr int kHybridLanes = 32;   // partial extremes, so that no vector waits for the one before it
constexpr int kHybridBlock = 256;  // values whose integers and floats stay in the first-level cache

static inline HybridExtremes hybrid_range(const float* values, ptrdiff_t count) {
  float low[kHybridLanes], high[kHybridLanes];
  for (int lane = 0; lane < kHybridLanes; ++lane) low[lane] = high[lane] = values[0];
  ptrdiff_t i = 0;
  for (; i + kHybridLanes <= count; i += kHybridLanes) {
    for (int lane = 0; lane < kHybridLanes; ++lane) {
      const float x = values[i + lane];
      low[lane] = x < low[lane] ? x : low[lane];
      high[lane] = x > high[lane] ? x : high[lane];
    }
  }
  for (; i < count; ++i) {
    low[0] = values[i] < low[0] ? values[i] : low[0];
    high[0] = values[i] > high[0] ? values[i] : high[0];
  }
  for (int lane = 1; lane < kHybridLanes; ++lane) {
    low[0] = low[lane] < low[0] ? low[lane] : low[0];
    high[0] = high[lane] > high[0] ? high[lane] : high[0];
  }
  return {low[0], high[0]};
}

// What truncation leaves is exact, so halves are seen as such.
static inline int32_t hybrid_round(float x) {
  const int32_t whole = (int32_t)x;
  const float rest = x - (float)whole;
  return whole + (rest >= 0.5f ? 1 : 0) - (rest <= -0.5f ? 1 : 0);
}

static inline void hybrid_quantize(const HybridQuantizeArgs& args, ptrdiff_t count) {
  const float* __restrict values = args.values;
  int8_t* __restrict codes = args.codes;
  const float inverse = args.inverse;
  const int32_t zero = args.zero, lowest = args.lowest;
  for (ptrdiff_t i = 0; i < count; ++i) {
    int32_t code = hybrid_round(values[i] * inverse) + zero;
    code = code < lowest ? lowest : code;
    codes[i] = (int8_t)(code > 127 ? 127 : code);
  }
}

template <bool kScalesFirst, bool kBias>
static inline void hybrid_scale_block(const HybridScaleArgs& args, unsigned char* at, int first, int count) {
  // Copied, because the same memory is read as integers and written as floats.
  int32_t acc[kHybridBlock];
  float out[kHybridBlock];
  memcpy(acc, at, (size_t)count * sizeof(int32_t));
  const int32_t* __restrict sums = args.sums + first;
  const float* __restrict scales = args.scales + first;
  const float* __restrict bias = kBias ? args.bias + first : scales;
  const float row_scale = args.row_scale, lo = args.lo, hi = args.hi;
  const int32_t zero = args.zero;
  for (int c = 0; c < count; ++c) {
    const float sum = (float)(acc[c] - zero * sums[c]);
    float value = kScalesFirst ? sum * (scales[c] * row_scale) : sum * scales[c] * row_scale;
    if (kBias) value += bias[c];
    value = value < lo ? lo : value;
    out[c] = value > hi ? hi : value;
  }
  memcpy(at, out, (size_t)count * sizeof(float));
}

template <bool kScalesFirst, bool kBias>
static inline void hybrid_scale_rows(const HybridScaleArgs& args, ptrdiff_t rows) {
  unsigned char* at = (unsigned char*)args.values;
  for (ptrdiff_t row = 0; row < rows; ++row) {
    for (int first = 0; first < args.channels; first += kHybridBlock) {
      const int left = args.channels - first, count = left < kHybridBlock ? left : kHybridBlock;
      hybrid_scale_block<kScalesFirst, kBias>(args, at, first, count);
      at += (ptrdiff_t)count * 4;
    }
  }
}

static inline void hybrid_scale(const HybridScaleArgs& args, ptrdiff_t rows) {
  if (args.scales_first && args.bias) return hybrid_scale_rows<true, true>(args, rows);
  if (args.scales_first) return hybrid_scale_rows<true, false>(args, rows);
  if (args.bias) return hybrid_scale_rows<false, true>(args, rows);
  hybrid_scale_rows<false, false>(args, rows);
}

#define PESTLE_HYBRID_KERNELS(suffix)                                                                                \
  HybridExtremes hybrid_range_##suffix(const float* values, ptrdiff_t count) { return hybrid_range(values, count); } \
  void hybrid_quantize_##suffix(const HybridQuantizeArgs& args, ptrdiff_t count) { hybrid_quantize(args, count); }   \
  void hybrid_scale_##suffix(const HybridScaleArgs& args, ptrdiff_t rows) { hybrid_scale(args, rows); }

}  // namespace pestle::kernels
