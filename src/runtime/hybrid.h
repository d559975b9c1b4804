// Layers with float activations and int8 weights ("dynamic range"): what is done to rows of floats before the integer
// product, and to its accumulators afterwards. Both give the bits of the operators' references.
#pragma once

#include "ops/core/fused_activation.h"
#include "ops/core/hybrid.h"
#include "runtime/binding.h"

namespace pestle::runtime {

// Codes of `count` floats by their own range; `codes` has as many bytes.
ops::RowParameters quantize_row(const float* values, int64_t count, ops::HybridRange range, int8_t* codes);

// A node with operands 0 (input, float), 1 (filter, int8 or int4, constant) and 2 (bias, float, optional, constant).
struct HybridSpec {
  int channel_axis = 0;  // of the filter
  // Which two of accumulator, weight scale and row scale are multiplied first.
  bool scales_first = true;
  ops::FusedActivation activation = ops::FusedActivation::kNone;
};

class HybridScaling {
 public:
  static HybridScaling make(const BindRequest& request, const HybridSpec& spec);

  // `rows` rows of int32 accumulators of codes (zero points not taken off) become floats where they lie.
  void finish(const ops::RowParameters& row, int64_t rows, std::byte* out) const;

 private:
  bool scales_first_ = true;
  ops::FloatRange range_;
  std::vector<int32_t> sums_;  // of each channel's weights
  std::vector<float> scales_;
  std::vector<float> bias_;  // empty without
};

}  // namespace pestle::runtime
