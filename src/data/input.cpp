#include "data/input.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "base/fixed_point.h"

namespace pestle::data {
namespace {

template <typename T>
void store_integers(std::span<const float> numbers, const InputSpec& spec, T* out) {
  // The limits as doubles: that of int64 rounds up to 2^63, which the cast must not be given.
  constexpr double low = static_cast<double>(std::numeric_limits<T>::min());
  constexpr double high = static_cast<double>(std::numeric_limits<T>::max());
  const float scale = spec.is_quantized() ? spec.scale : 1.0f;
  const double zero_point = spec.is_quantized() ? static_cast<double>(spec.zero_point) : 0.0;
  for (size_t i = 0; i < numbers.size(); ++i) {
    const double value = static_cast<double>(round_away(numbers[i] / scale)) + zero_point;
    if (value >= high) {
      out[i] = std::numeric_limits<T>::max();
    } else {
      out[i] = value <= low ? std::numeric_limits<T>::min() : static_cast<T>(value);
    }
  }
}

Status check_finite(std::span<const float> numbers, const InputSpec& spec) {
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (std::isfinite(numbers[i])) continue;
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("tensor \"{}\": value {} of {} is {}", spec.name, i, numbers.size(),
                            std::isnan(numbers[i]) ? "NaN" : "infinite"),
                "mend the sample or leave it out");
  }
  return {};
}

}  // namespace

PictureSize picture_size(const InputSpec& spec) {
  if (spec.shape.rank() != 4) return {};
  const bool planes = spec.layout == Layout::kNchw;
  const auto extent = [&](int axis) {
    const int64_t dim = spec.shape[axis];
    return dim > 0 && dim <= 16384 ? static_cast<int>(dim) : 0;
  };
  return {extent(planes ? 3 : 2), extent(planes ? 2 : 1), extent(planes ? 1 : 3)};
}

std::string describe(const InputSpec& spec) {
  return fmt::format("input \"{}\" ({} {})", spec.name, dtype_name(spec.dtype), to_string(spec.shape));
}

Status store_numbers(std::span<const float> numbers, const InputSpec& spec, TensorView out) {
  const bool is_float = out.dtype == DType::kFloat16 || out.dtype == DType::kFloat32 || out.dtype == DType::kFloat64;
  if (!spec.takes_nonfinite || !is_float) PESTLE_TRY(check_finite(numbers, spec));
  switch (out.dtype) {
    case DType::kFloat32: std::copy(numbers.begin(), numbers.end(), out.data<float>()); return {};
    case DType::kFloat64: std::copy(numbers.begin(), numbers.end(), out.data<double>()); return {};
    case DType::kFloat16:
      for (size_t i = 0; i < numbers.size(); ++i) out.data<Half>()[i] = to_half(numbers[i]);
      return {};
    case DType::kInt8: store_integers(numbers, spec, out.data<int8_t>()); return {};
    case DType::kUInt8: store_integers(numbers, spec, out.data<uint8_t>()); return {};
    case DType::kInt16: store_integers(numbers, spec, out.data<int16_t>()); return {};
    case DType::kUInt16: store_integers(numbers, spec, out.data<uint16_t>()); return {};
    case DType::kInt32: store_integers(numbers, spec, out.data<int32_t>()); return {};
    case DType::kUInt32: store_integers(numbers, spec, out.data<uint32_t>()); return {};
    case DType::kInt64: store_integers(numbers, spec, out.data<int64_t>()); return {};
    default: break;
  }
  return fail(ErrorCode::kUnsupported,
              fmt::format("numbers cannot become {} for {}", dtype_name(out.dtype), describe(spec)));
}

std::vector<float> pixel_numbers(const Chain& chain, int channel) {
  std::vector<float> numbers(256);
  for (int pixel = 0; pixel < 256; ++pixel) {
    numbers[static_cast<size_t>(pixel)] = static_cast<float>(apply_numbers(chain, pixel, channel));
  }
  return numbers;
}

}  // namespace pestle::data
