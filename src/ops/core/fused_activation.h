// The activation that several operators apply to their result, as a range of values.
#pragma once

#include <cstdint>
#include <limits>

#include "ops/core/option.h"

namespace pestle::ops {

enum class FusedActivation : uint8_t { kNone, kRelu, kReluN1To1, kRelu6, kTanh, kSignBit };
inline constexpr const char* kFusedActivationNames[] = {"NONE", "RELU", "RELU_N1_TO_1", "RELU6", "TANH", "SIGN_BIT"};
inline constexpr EnumOption<FusedActivation> kFusedActivation{"fused_activation_function", kFusedActivationNames};

// Real bounds of an activation: [0, 6] for RELU6. None where it does not clamp: infinities pass, as in LiteRT's own
// run (TFLite's reference kernels would make them the largest floats).
struct FloatRange {
  float low = -std::numeric_limits<float>::infinity();
  float high = std::numeric_limits<float>::infinity();
};
FloatRange float_range(FusedActivation activation);

inline float clamp_to(float value, FloatRange range) {
  return value < range.low ? range.low : (value > range.high ? range.high : value);
}

// The codes that an output of the given quantized type may take: round(bound / scale) + zero point, inside the
// type's own range (TFLite's CalculateActivationRangeQuantized).
struct CodeRange {
  int32_t low = 0;
  int32_t high = 0;
};
CodeRange code_range(FusedActivation activation, const ir::Type& output);
// The whole range of an integer dtype.
CodeRange code_range(DType dtype);

// TANH and SIGN_BIT exist in the schema but no kernel applies them: an error, otherwise success.
Status check_clamp(FusedActivation activation);

}  // namespace pestle::ops
