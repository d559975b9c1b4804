#include "runtime/hybrid.h"

#include <algorithm>
#include <cstring>

#include "runtime/product.h"

namespace pestle::runtime {
namespace {

enum Operand { kInput, kFilter, kBias };

// round(x) half away from zero for |x| far below 2^31: what truncation leaves is exact.
int32_t rounded(float x) {
  const auto whole = static_cast<int32_t>(x);
  const float rest = x - static_cast<float>(whole);
  return whole + (rest >= 0.5f ? 1 : 0) - (rest <= -0.5f ? 1 : 0);
}

struct Range {
  float low, high;
};

// In lanes, so that the compiler can use vectors; extremes do not depend on the order.
Range range_of(const float* values, int64_t count) {
  constexpr int kLanes = 16;
  float low[kLanes], high[kLanes];
  std::fill_n(low, kLanes, values[0]);
  std::fill_n(high, kLanes, values[0]);
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (int lane = 0; lane < kLanes; ++lane) {
      low[lane] = values[i + lane] < low[lane] ? values[i + lane] : low[lane];
      high[lane] = values[i + lane] > high[lane] ? values[i + lane] : high[lane];
    }
  }
  for (; i < count; ++i) {
    low[0] = std::min(low[0], values[i]);
    high[0] = std::max(high[0], values[i]);
  }
  return {*std::min_element(low, low + kLanes), *std::max_element(high, high + kLanes)};
}

}  // namespace

ops::RowParameters quantize_row(const float* values, int64_t count, ops::HybridRange range, int8_t* codes) {
  if (count == 0) return {};
  const Range extremes = range_of(values, count);
  const ops::RowParameters p = ops::row_parameters(extremes.low, extremes.high, range);
  for (int64_t i = 0; i < count; ++i) {
    codes[i] = static_cast<int8_t>(std::clamp(rounded(values[i] * p.inverse) + p.zero_point, p.lowest, 127));
  }
  return p;
}

HybridScaling HybridScaling::make(const BindRequest& request, const HybridSpec& spec) {
  const ir::Type& filter = request.input(kFilter);
  const int64_t channels = filter.shape[spec.channel_axis];
  const int64_t step = row_major_strides(filter.shape)[spec.channel_axis];
  const ops::WidenedFilter weights = widened_filter(request);
  HybridScaling scaling;
  scaling.scales_first_ = spec.scales_first;
  scaling.range_ = ops::float_range(spec.activation);
  scaling.sums_.resize(static_cast<size_t>(channels));
  for (int64_t i = 0; i < filter.shape.elements(); ++i) scaling.sums_[i / step % channels] += weights.data()[i];
  for (int64_t o = 0; o < channels; ++o)
    scaling.scales_.push_back(filter.quantization->scale_at(static_cast<size_t>(o)));
  scaling.has_bias_ = request.has(kBias);
  scaling.bias_.resize(static_cast<size_t>(channels), 0.0f);
  if (scaling.has_bias_) std::copy_n(request.constant<float>(kBias), channels, scaling.bias_.data());
  return scaling;
}

void HybridScaling::finish(const ops::RowParameters& row, int64_t rows, std::byte* out) const {
  const auto channels = static_cast<int64_t>(scales_.size());
  for (int64_t r = 0; r < rows; ++r) {
    std::byte* at = out + static_cast<size_t>(r * channels) * sizeof(float);
    for (int64_t o = 0; o < channels; ++o) {
      int32_t acc = 0;
      std::memcpy(&acc, at + o * 4, sizeof(acc));
      const auto sum = static_cast<float>(acc - row.zero_point * sums_[o]);
      float value = scales_first_ ? sum * (scales_[o] * row.scale) : sum * scales_[o] * row.scale;
      if (has_bias_) value += bias_[o];
      value = ops::clamp_to(value, range_);
      std::memcpy(at + o * 4, &value, sizeof(value));
    }
  }
}

}  // namespace pestle::runtime
