#include "ops/core/requantize.h"

#include <algorithm>

namespace pestle::ops {

std::vector<FixedMultiplier> channel_multipliers(const ir::Type& input, const ir::Type& filter, const ir::Type& output,
                                                 int channel_axis) {
  const auto channels = static_cast<size_t>(filter.shape[channel_axis]);
  std::vector<FixedMultiplier> multipliers(channels);
  for (size_t o = 0; o < channels; ++o) {
    const float scale = filter.quantization->scale_at(o);
    const double product = filter.dtype == DType::kUInt8 ? static_cast<double>(input.scale() * scale)
                                                         : static_cast<double>(input.scale()) * static_cast<double>(scale);
    multipliers[o] = quantize_multiplier(product / static_cast<double>(output.scale()));
  }
  return multipliers;
}

bool has_equal_scales(const ir::Type& filter) {
  const std::vector<float>& scale = filter.quantization->scale;
  return std::all_of(scale.begin(), scale.end(), [&](float s) { return s == scale[0]; });
}

WidenedFilter::WidenedFilter(const InputOperand& filter) {
  if (filter.dtype() == DType::kInt4) {
    unpacked_ = unpack_int4(filter.view().bytes, static_cast<size_t>(filter.elements()));
    data_ = unpacked_.data();
  } else {
    data_ = filter.as<int8_t>();
  }
}

}  // namespace pestle::ops
