// The float part of layers with float activations and int8 weights ("dynamic range"): the range of a row, its codes,
// and what makes floats of the integer accumulators. The product between them is that of `gemm` or `depthwise`.
//  range:    the least and the largest of the values; NaN is passed over unless it comes first
//  quantize: code = clamp(round(x * inverse) + zero, lowest, 127), halves away from zero; |x * inverse| < 2^31
//  scale:    s = float(acc - zero * sums[c]);  v = scales_first ? s * (scales[c] * row_scale) : s * scales[c] *
//  row_scale
//            out = min(max(v + bias[c], lo), hi), every operation rounded to float32, no addition without bias
// All kernels give the same bits. Plain header.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

namespace pestle::kernels {

struct HybridExtremes {
  float low, high;
};

struct HybridQuantizeArgs {
  const float* values = nullptr;
  int8_t* codes = nullptr;
  float inverse = 0;  // of the row's scale
  int32_t zero = 0;
  int32_t lowest = -128;
};

struct HybridScaleArgs {
  int channels = 0;
  void* values = nullptr;         // [rows][channels]: int32 accumulators in, floats out
  const int32_t* sums = nullptr;  // [channels], of the weights
  const float* scales = nullptr;  // [channels], of the weights
  const float* bias = nullptr;    // [channels] or nullptr
  float row_scale = 0;
  int32_t zero = 0;
  bool scales_first = true;
  float lo = 0, hi = 0;
};

struct HybridKernel {
  const char* name;
  Isa isa;
  HybridExtremes (*range)(const float* values, ptrdiff_t count);  // count >= 1
  void (*quantize)(const HybridQuantizeArgs& args, ptrdiff_t count);
  void (*scale)(const HybridScaleArgs& args, ptrdiff_t rows);
};

// The fastest kernel that this machine (and PESTLE_ISA) allows.
const HybridKernel& best_hybrid();

// All kernels compiled in, the fastest last.
struct HybridList {
  const HybridKernel* rows;
  int count;
};
HybridList hybrid_kernels();

#define PESTLE_HYBRID(suffix, isa)                                     \
  HybridExtremes hybrid_range_##suffix(const float*, ptrdiff_t);       \
  void hybrid_quantize_##suffix(const HybridQuantizeArgs&, ptrdiff_t); \
  void hybrid_scale_##suffix(const HybridScaleArgs&, ptrdiff_t);
#include "kernels/hybrid/kernels.inc"

}  // namespace pestle::kernels
