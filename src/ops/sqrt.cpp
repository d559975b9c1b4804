// SQRT
//   y = sqrt(x)
// Quantized: the quotient by the output's scale is truncated (docs/semantics.md#elementwise).
#include <cmath>

#include "base/fixed_point.h"
#include "ops/core/op_def.h"
#include "ops/core/unary.h"

namespace pestle::ops {
namespace {

template <typename Code>
Status evaluate_quantized(const Evaluation& e) {
  const InputOperand& x = e.inputs[0];
  const int32_t zero_x = x.zero_point(), zero_y = e.outputs[0].zero_point();
  const float x_scale = x.scale(), y_scale = e.outputs[0].scale();
  for (int64_t i = 0; i < x.elements(); ++i) {
    if (x.as<Code>()[i] < zero_x) return fail(ErrorCode::kInvalidModel, "the square root of a negative number");
  }
  map_unary<Code>(e, [=](int32_t code) {
    const float root = std::sqrt(x_scale * static_cast<float>(code - zero_x));
    return saturate<Code>(static_cast<int64_t>(root / y_scale) + zero_y);
  });
  return {};
}

Status evaluate(const Evaluation& e) {
  switch (e.inputs[0].dtype()) {
    case DType::kFloat32: map_unary<float>(e, [](float x) { return std::sqrt(x); }); return {};
    case DType::kInt8: return evaluate_quantized<int8_t>(e);
    case DType::kInt16: return evaluate_quantized<int16_t>(e);
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

}  // namespace

const OpDef& op_sqrt() {
  static const OpDef def = [] {
    OpDef sqrt = unary_operator("SQRT", 75);
    sqrt.summary = "y = sqrt(x)";
    sqrt.types = {{"float32", {kF32}, {kF32}, 1}, {"int8", {kI8}, {kI8}, 2}, {"int16", {kI16}, {kI16}, 2}};
    sqrt.evaluate = evaluate;
    sqrt.quantization = unary_quantization(true);
    return sqrt;
  }();
  return def;
}

}  // namespace pestle::ops
