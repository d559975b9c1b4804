// Quantizing float activations at run time, as the hybrid (dynamic range) kernels do (docs/semantics.md#dynamic-range).
#pragma once

#include <cstdint>
#include <vector>

#include "ops/core/option.h"

namespace pestle::ops {

// FULLY_CONNECTED: whether the codes of a row use a zero point.
inline constexpr BoolOption kAsymmetricInputs{"asymmetric_quantize_inputs", false};

enum class HybridRange : uint8_t { kSymmetric, kAsymmetric };

// How a row becomes codes: clamp(round(x * inverse) + zero_point, lowest, 127).
struct RowParameters {
  float scale = 1;
  float inverse = 0;
  int32_t zero_point = 0;
  int32_t lowest = -128;
};
// Of a row whose values lie in [low, high].
RowParameters row_parameters(float low, float high, HybridRange range);

struct FloatRows {
  const float* values = nullptr;
  int64_t rows = 0;
  int64_t length = 0;  // values a row
};

struct HybridRows {
  std::vector<int8_t> codes;         // rows * length
  std::vector<float> scales;         // one a row
  std::vector<int32_t> zero_points;  // one a row; 0 if symmetric
};

// Each row by its own range. Follows the SIMD form of the asymmetric quantizer (round(x / s) + z, range in float32),
// which is what released x86-64 and ARM builds run.
HybridRows quantize_rows(const FloatRows& rows, HybridRange range);

}  // namespace pestle::ops
