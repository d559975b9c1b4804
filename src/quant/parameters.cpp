#include "quant/parameters.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/fixed_point.h"
#include "base/packing.h"

namespace pestle::quant {
namespace {

// Ranges narrower than this are widened, so that no scale is zero, denormal or not a number.
constexpr float kSmallestHalfRange = 0.5e-6f;
// Of activations: kernels count the bounds of fused activations, up to 6, in steps as int32.
constexpr float kSmallestScale = 4e-9f;

int64_t largest_code(DType dtype) {
  switch (dtype) {
    case DType::kInt4: return 7;
    case DType::kInt16: return 32767;
    default: return 127;
  }
}

struct CodeLimits {
  int64_t low, high;
};

CodeLimits limits_of(const Storage& storage, bool narrow) {
  switch (storage.dtype) {
    case DType::kInt8: return {narrow && storage.zero_point[0] == 0 ? -127 : -128, 127};
    case DType::kInt4: return {narrow ? -7 : -8, 7};
    case DType::kUInt8: return {0, 255};
    case DType::kInt16: return {-32767, 32767};
    case DType::kInt32: return {-std::numeric_limits<int32_t>::max(), std::numeric_limits<int32_t>::max()};
    default: return {-(int64_t{1} << 47), int64_t{1} << 47};  // int64 biases: the accumulator holds 48 bits
  }
}

template <typename T>
void put(std::vector<std::byte>& bytes, size_t index, int64_t code) {
  const T value = static_cast<T>(code);
  std::copy_n(reinterpret_cast<const std::byte*>(&value), sizeof(T), bytes.data() + index * sizeof(T));
}

std::vector<std::byte> store_halves(std::span<const float> values) {
  constexpr float kLargestHalf = 65504.0f;
  std::vector<std::byte> bytes(values.size() * sizeof(Half));
  for (size_t i = 0; i < values.size(); ++i)
    put<uint16_t>(bytes, i, to_half(std::clamp(values[i], -kLargestHalf, kLargestHalf)).bits);
  return bytes;
}

}  // namespace

std::optional<ZeroPoints> zero_points_of(DType dtype) {
  switch (dtype) {
    case DType::kInt8: return ZeroPoints{-128, 127};
    case DType::kUInt8: return ZeroPoints{0, 255};
    case DType::kInt4:
    case DType::kInt16:
    case DType::kInt32:
    case DType::kInt64: return ZeroPoints{};
    default: return std::nullopt;
  }
}

std::optional<size_t> find_non_finite(std::span<const float> values) {
  const auto found = std::find_if(values.begin(), values.end(), [](float value) { return !std::isfinite(value); });
  return found == values.end() ? std::nullopt : std::optional(static_cast<size_t>(found - values.begin()));
}

Storage activation_storage(Range range, DType dtype) {
  const float low = std::min({range.low, 0.0f});
  const float high = std::max({range.high, 0.0f});
  if (dtype == DType::kInt16) {
    const float half = std::max(-low, high);
    return {dtype, {std::max(half / 32767.0f, kSmallestScale)}, {0}};
  }
  const float scale = std::max((high - low) / 255.0f, kSmallestScale);
  const double zero = -128.0 - static_cast<double>(low) / scale;
  return {dtype, {scale}, {static_cast<int64_t>(round_away(std::clamp(zero, -128.0, 127.0)))}};
}

Storage fixed_storage(DType dtype, float scale, int64_t zero_point) { return {dtype, {scale}, {zero_point}}; }

Storage symmetric_storage(Range range, DType dtype) {
  const float half = std::max(-range.low, range.high);
  return {dtype, {std::max(half / static_cast<float>(largest_code(dtype)), kSmallestScale)}, {0}};
}

Storage state_storage(Range range, DType dtype, bool power_of_two) {
  Storage storage = symmetric_storage(range, dtype);
  if (!power_of_two) return storage;
  int exponent = -15;
  const float largest = std::max(-range.low, range.high);
  while (exponent < -9 && std::ldexp(32768.0f, exponent) < largest) ++exponent;
  storage.scale[0] = std::ldexp(1.0f, exponent);
  return storage;
}

Storage weight_storage(const ConstTensorView& weights, DType dtype, int axis, int magnitude_bits) {
  const bool per_channel = axis >= 0 && axis < weights.shape.rank();
  const int64_t channels = per_channel ? weights.shape[axis] : 1;
  int64_t inner = 1;
  for (int i = axis + 1; per_channel && i < weights.shape.rank(); ++i) inner *= weights.shape[i];
  std::vector<float> half(static_cast<size_t>(channels), 0.0f);
  const auto values = weights.values<float>();
  for (size_t i = 0; i < values.size(); ++i) {
    float& slot = half[per_channel ? static_cast<int64_t>(i) / inner % channels : 0];
    slot = std::max(slot, std::fabs(values[i]));
  }
  Storage storage{dtype, {}, std::vector<int64_t>(half.size(), 0), per_channel ? axis : 0};
  const int64_t largest = magnitude_bits > 0 ? (int64_t{1} << magnitude_bits) - 1 : largest_code(dtype);
  for (float range : half) storage.scale.push_back(std::max(range, kSmallestHalfRange) / static_cast<float>(largest));
  return storage;
}

std::vector<std::byte> store(const ConstTensorView& tensor, const Storage& storage, bool narrow) {
  const auto values = tensor.values<float>();
  if (storage.dtype == DType::kFloat16) return store_halves(values);
  const bool per_channel = storage.scale.size() > 1;
  const auto channels = static_cast<int64_t>(storage.scale.size());
  int64_t inner = 1;
  for (int i = storage.axis + 1; per_channel && i < tensor.shape.rank(); ++i) inner *= tensor.shape[i];
  const CodeLimits limits = limits_of(storage, narrow);
  std::vector<std::byte> bytes(
      storage_bytes(storage.dtype == DType::kInt4 ? DType::kInt8 : storage.dtype, tensor.elements()));
  for (size_t i = 0; i < values.size(); ++i) {
    const size_t channel = per_channel ? static_cast<size_t>(static_cast<int64_t>(i) / inner % channels) : 0;
    const double real = round_away(static_cast<double>(values[i]) / static_cast<double>(storage.scale[channel]));
    const double bounded = std::clamp(real, -0x1p50, 0x1p50);
    const int64_t code =
        std::clamp(static_cast<int64_t>(bounded) + storage.zero_point[channel], limits.low, limits.high);
    switch (storage.dtype) {
      case DType::kInt16: put<int16_t>(bytes, i, code); break;
      case DType::kInt32: put<int32_t>(bytes, i, code); break;
      case DType::kInt64: put<int64_t>(bytes, i, code); break;
      default: put<uint8_t>(bytes, i, code); break;
    }
  }
  if (storage.dtype != DType::kInt4) return bytes;
  return pack_int4({reinterpret_cast<const int8_t*>(bytes.data()), bytes.size()});
}

}  // namespace pestle::quant
