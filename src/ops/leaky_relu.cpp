// LEAKY_RELU
//   y = x if x >= 0, else alpha * x
// Quantized: each sign has a multiplier of its own (docs/semantics.md#elementwise).
#include <cmath>

#include "base/fixed_point.h"
#include "ops/core/op_def.h"
#include "ops/core/unary.h"

namespace pestle::ops {
namespace {

constexpr FloatOption kAlpha{"alpha", 0.0f};

template <typename Code>
void evaluate_quantized(const Evaluation& e) {
  const float scale = e.inputs[0].scale();
  const float alpha_scale = scale * kAlpha(e.node);
  const FixedMultiplier identity = quantize_multiplier(static_cast<double>(scale / e.outputs[0].scale()));
  const FixedMultiplier slope = quantize_multiplier(std::fabs(static_cast<double>(alpha_scale / e.outputs[0].scale())));
  const int32_t sign = alpha_scale < 0 ? -1 : 1;
  const int32_t zero_x = e.inputs[0].zero_point(), zero_y = e.outputs[0].zero_point();
  map_unary<Code>(e, [=](int32_t code) {
    const int32_t x = code - zero_x;
    return saturate<Code>(int64_t{zero_y} + (x >= 0 ? multiply(x, identity) : sign * multiply(x, slope)));
  });
}

Status evaluate(const Evaluation& e) {
  switch (e.inputs[0].dtype()) {
    case DType::kFloat32:
      map_unary<float>(e, [alpha = kAlpha(e.node)](float x) { return x > 0 ? x : x * alpha; });
      return {};
    case DType::kInt8: evaluate_quantized<int8_t>(e); return {};
    case DType::kUInt8: evaluate_quantized<uint8_t>(e); return {};
    case DType::kInt16: evaluate_quantized<int16_t>(e); return {};
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

}  // namespace

const OpDef& op_leaky_relu() {
  static const OpDef def = [] {
    OpDef leaky_relu = unary_operator("LEAKY_RELU", 98);
    leaky_relu.options_record = "LeakyReluOptions";
    leaky_relu.summary = "y = x >= 0 ? x : alpha * x";
    leaky_relu.options = {kAlpha.info()};
    leaky_relu.types = {{"float32", {kF32}, {kF32}, 1},
                        {"uint8", {kU8}, {kU8}, 1},
                        {"int8", {kI8}, {kI8}, 1},
                        {"int16", {kI16}, {kI16}, 2}};
    leaky_relu.evaluate = evaluate;
    leaky_relu.quantization = unary_quantization(true);
    return leaky_relu;
  }();
  return def;
}

}  // namespace pestle::ops
