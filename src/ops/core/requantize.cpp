#include "ops/core/requantize.h"

#include <algorithm>
#include <cmath>

namespace pestle::ops {

std::vector<FixedMultiplier> channel_multipliers(const ir::Type& input, const ir::Type& filter, const ir::Type& output,
                                                 int channel_axis) {
  const auto channels = static_cast<size_t>(filter.shape[channel_axis]);
  std::vector<FixedMultiplier> multipliers(channels);
  for (size_t o = 0; o < channels; ++o) {
    const float scale = filter.quantization->scale_at(o);
    const double product = filter.dtype == DType::kUInt8
                               ? static_cast<double>(input.scale() * scale)
                               : static_cast<double>(input.scale()) * static_cast<double>(scale);
    multipliers[o] = quantize_multiplier(product / static_cast<double>(output.scale()));
  }
  return multipliers;
}

std::optional<int> exact_log2(float scale) {
  int exponent = 0;
  const double fraction = std::frexp(static_cast<double>(scale), &exponent);  // [0.5, 1)
  constexpr double kNear = 1.0006933874625807;                                // 2^1e-3
  if (fraction < 0.5 * kNear) return exponent - 1;
  if (fraction > 1.0 / kNear) return exponent;
  return std::nullopt;
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
