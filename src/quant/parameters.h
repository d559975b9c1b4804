// From ranges of real numbers to scales and zero points (docs/semantics.md#parameters).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/dtype.h"
#include "base/tensor.h"

namespace pestle::quant {

// How a tensor's numbers are stored. An empty scale: not quantized (float32, float16).
struct Storage {
  DType dtype = DType::kFloat32;
  std::vector<float> scale;
  std::vector<int64_t> zero_point;
  int axis = 0;

  bool is_quantized() const { return !scale.empty(); }
  friend bool operator==(const Storage&, const Storage&) = default;
};

struct Range {
  float low = 0;
  float high = 0;
};

// Codes that a zero point may be: those of the type, none but 0 where kernels take the type as symmetric. Nothing for
// types that numbers are not stored in by a scale.
struct ZeroPoints {
  int64_t least = 0, most = 0;
};
std::optional<ZeroPoints> zero_points_of(DType dtype);

// The place of the first NaN or infinity.
std::optional<size_t> find_non_finite(std::span<const float> values);

// Activations: asymmetric int8 over the range with zero in it, symmetric int16 (+-32767, zero point 0).
Storage activation_storage(Range range, DType dtype);
// Fixed parameters of a given type.
Storage fixed_storage(DType dtype, float scale, int64_t zero_point);
// Weights: symmetric, narrow (+-127, int4: +-7), one scale for each slice along `axis`, or one for all if axis < 0.
// A slice of zeros gets the smallest scale that is used at all, never 0.
// `magnitude_bits`: how many bits codes have besides the sign; 0: as many as the type.
Storage weight_storage(const ConstTensorView& weights, DType dtype, int axis, int magnitude_bits = 0);
// One scale over the larger side of the range, zero point 0.
Storage symmetric_storage(Range range, DType dtype);
// State of an operator: symmetric int16. With `power_of_two` the scale is 2^(ceil(log2(largest magnitude)) - 15), kept
// between 2^-15 and 2^-9.
Storage state_storage(Range range, DType dtype, bool power_of_two);

// Integers (or halves) of the given floats: round(x / scale) + zero point, half away from zero, clamped; narrow range
// for int8 and int4 with zero point 0, unless told otherwise.
std::vector<std::byte> store(const ConstTensorView& values, const Storage& storage, bool narrow = true);

}  // namespace pestle::quant
