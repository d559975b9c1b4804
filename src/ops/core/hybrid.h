// Quantizing float activations at run time, as the hybrid (dynamic range) kernels do (facts-kernels.md, section 6).
#pragma once

#include <cstdint>
#include <vector>

namespace pestle::ops {

enum class HybridRange : uint8_t { kSymmetric, kAsymmetric };

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
