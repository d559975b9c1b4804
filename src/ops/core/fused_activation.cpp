#include "ops/core/fused_activation.h"

#include <algorithm>
#include <cmath>

#include "base/fixed_point.h"

namespace pestle::ops {

FloatRange float_range(FusedActivation activation) {
  switch (activation) {
    case FusedActivation::kRelu: return {.low = 0.0f};
    case FusedActivation::kReluN1To1: return {-1.0f, 1.0f};
    case FusedActivation::kRelu6: return {0.0f, 6.0f};
    default: return {};
  }
}

CodeRange code_range(DType dtype) {
  switch (dtype) {
    case DType::kInt8: return {-128, 127};
    case DType::kUInt8: return {0, 255};
    case DType::kInt16: return {-32768, 32767};
    default: return {std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()};
  }
}

CodeRange code_range(FusedActivation activation, const ir::Type& output) {
  CodeRange range = code_range(output.dtype);
  if (!output.is_quantized() || output.quantization->scale.empty()) return range;  // plain integers have no bounds
  const FloatRange real = float_range(activation);
  const auto code = [&output](float bound) {
    const float steps = bound / output.scale();  // not a number for a scale of 0
    const float bounded = std::isnan(steps) ? 0.0f : std::clamp(steps, -0x1p31f, 0x1p31f);
    return saturate<int32_t>(static_cast<int64_t>(round_away(bounded)) + output.zero_point());
  };
  if (real.low != FloatRange{}.low) range.low = std::max(range.low, code(real.low));
  if (real.high != FloatRange{}.high) range.high = std::min(range.high, code(real.high));
  return range;
}

Status check_clamp(FusedActivation activation) {
  if (activation == FusedActivation::kTanh || activation == FusedActivation::kSignBit) {
    return fail(ErrorCode::kUnsupported, std::string("fused activation ") +
                                             kFusedActivationNames[static_cast<int>(activation)] + " has no kernel");
  }
  return {};
}

}  // namespace pestle::ops
