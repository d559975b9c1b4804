#include "ops/core/hybrid.h"

#include <algorithm>
#include <cmath>

#include "base/fixed_point.h"

namespace pestle::ops {
namespace {

RowParameters symmetric(float low, float high) {
  constexpr int32_t kLowest = -127;
  const float range = std::max(std::fabs(low), std::fabs(high));
  if (range == 0.0f) return {.lowest = kLowest};
  return {range / 127.0f, 127.0f / range, 0, kLowest};
}

RowParameters asymmetric(float low, float high) {
  const double lo = std::min(0.0f, low);
  const double hi = std::max(0.0f, high);
  if (lo == hi) return {};
  // The subtraction is done in float32 by the SIMD form.
  const double scale = static_cast<double>(static_cast<float>(hi) - static_cast<float>(lo)) / 255.0;
  const double from_low = -128.0 - lo / scale;
  const double from_high = 127.0 - hi / scale;
  const double low_error = 128.0 + std::fabs(lo / scale);
  const double high_error = 127.0 + std::fabs(hi / scale);
  const double zero = low_error < high_error ? from_low : from_high;
  int32_t zero_point = 0;
  if (zero <= -128.0) {
    zero_point = -128;
  } else if (zero >= 127.0) {
    zero_point = 127;
  } else {
    zero_point = static_cast<int32_t>(round_away(zero));
  }
  return {static_cast<float>(scale), 1.0f / static_cast<float>(scale), zero_point};
}

}  // namespace

RowParameters row_parameters(float low, float high, HybridRange range) {
  return range == HybridRange::kSymmetric ? symmetric(low, high) : asymmetric(low, high);
}

HybridRows quantize_rows(const FloatRows& rows, HybridRange range) {
  HybridRows out;
  out.codes.resize(static_cast<size_t>(rows.rows * rows.length));
  for (int64_t r = 0; r < rows.rows; ++r) {
    const float* x = rows.values + r * rows.length;
    int8_t* q = out.codes.data() + r * rows.length;
    const auto [low, high] = std::minmax_element(x, x + rows.length);
    const RowParameters p = rows.length == 0 ? RowParameters{} : row_parameters(*low, *high, range);
    for (int64_t i = 0; i < rows.length; ++i) {
      const int32_t code = static_cast<int32_t>(round_away(x[i] * p.inverse)) + p.zero_point;
      q[i] = static_cast<int8_t>(std::clamp(code, p.lowest, 127));
    }
    out.scales.push_back(p.scale);
    out.zero_points.push_back(p.zero_point);
  }
  return out;
}

}  // namespace pestle::ops
