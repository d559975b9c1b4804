#include "ops/core/clamp_operator.h"

#include <algorithm>
#include <cmath>

#include "base/fixed_point.h"
#include "ops/core/fused_activation.h"
#include "ops/core/unary.h"

namespace pestle::ops {
namespace {

CodeRange codes_of(ClampBounds bounds, const ir::Type& output) {
  CodeRange range = code_range(output.dtype);
  const auto code = [&output](float bound) {
    return saturate<int32_t>(output.zero_point() + static_cast<int64_t>(round_away(bound / output.scale())));
  };
  if (std::isfinite(bounds.low)) range.low = std::max(range.low, code(bounds.low));
  if (std::isfinite(bounds.high)) range.high = std::min(range.high, code(bounds.high));
  return range;
}

template <typename Code>
void evaluate_quantized(const Evaluation& e, ClampBounds bounds) {
  const ir::Type& x = *e.inputs[0].type;
  const ir::Type& y = *e.outputs[0].type;
  const CodeRange range = codes_of(bounds, y);
  const FixedMultiplier multiplier = quantize_multiplier(static_cast<double>(x.scale() / y.scale()));
  const int32_t zero_x = x.zero_point(), zero_y = y.zero_point();
  map_unary<Code>(e, [=](int32_t code) {
    const int32_t rescaled = zero_y + multiply(code - zero_x, multiplier);
    return static_cast<Code>(std::min(std::max(rescaled, range.low), range.high));
  });
}

}  // namespace

Status evaluate_clamp(const Evaluation& e, ClampBounds bounds) {
  switch (e.inputs[0].dtype()) {
    case DType::kFloat32:
      map_unary<float>(e, [=](float x) { return clamp_to(x, {bounds.low, bounds.high}); });
      return {};
    case DType::kInt8: evaluate_quantized<int8_t>(e, bounds); return {};
    case DType::kUInt8: evaluate_quantized<uint8_t>(e, bounds); return {};
    case DType::kInt16: evaluate_quantized<int16_t>(e, bounds); return {};
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

OpDef clamp_operator(const char* name, int code, ClampBounds bounds) {
  OpDef clamp = unary_operator(name, code);
  clamp.traits.clamps = bounds;
  clamp.traits.is_nonnegative = bounds.low >= 0;
  clamp.quantization = unary_quantization(false);
  clamp.quantization.symmetric_int16 = true;  // of those that have int16 codes
  return clamp;
}

}  // namespace pestle::ops
