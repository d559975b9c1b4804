// Rescaling of accumulators, and weights in packed types.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/fixed_point.h"
#include "base/packing.h"
#include "ops/core/operands.h"

namespace pestle::ops {

// One multiplier per output channel: s_x * s_w[o] / s_y, in double. A per-tensor filter of a uint8 operator
// multiplies its scales in float32 first, as TFLite's GetQuantizedConvolutionMultipler does.
// The number of channels is that of filter axis `channel_axis` times nothing else.
std::vector<FixedMultiplier> channel_multipliers(const ir::Type& input, const ir::Type& filter, const ir::Type& output,
                                                 int channel_axis = 0);

// True if at least one scale stands in the type itself (blockwise scales stand elsewhere).
inline bool has_scale(const ir::Type& type) { return type.quantization && !type.quantization->scale.empty(); }

// log2(scale) if that is an integer within 1e-3 (TFLite's CheckedLog2).
std::optional<int> exact_log2(float scale);

// True if all channels of a filter have one scale (a per-tensor filter has).
bool has_equal_scales(const ir::Type& filter);

// int8 values of an int8 or int4 filter.
class WidenedFilter {
 public:
  explicit WidenedFilter(const InputOperand& filter);
  const int8_t* data() const { return data_; }

 private:
  std::vector<int8_t> unpacked_;
  const int8_t* data_ = nullptr;
};

}  // namespace pestle::ops
