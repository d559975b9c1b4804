// PRELU
//   y = x if x >= 0, else alpha * x; alpha is broadcast to x.
// Quantized: each sign has a multiplier of its own; int16 data take an int8 alpha (docs/semantics.md#elementwise).
#include "base/fixed_point.h"
#include "ops/core/broadcast.h"
#include "ops/core/op_def.h"

namespace pestle::ops {
namespace {

enum Operand { kInput, kAlpha };

Status infer(Inference& in) {
  const std::optional<Shape> shape = broadcast(in.shape(kInput), in.shape(kAlpha));
  if (!shape || shape->rank() != in.shape(kInput).rank()) {
    return fail(ErrorCode::kInvalidModel, "alpha of shape " + to_string(in.shape(kAlpha)) +
                                              " does not fit an input of shape " + to_string(in.shape(kInput)));
  }
  in.set(0, in.dtype(kInput), *shape);
  return {};
}

template <typename Body>
void for_each(const Evaluation& e, Body body) {
  for_each_broadcast(e.inputs[kInput].shape(), e.inputs[kAlpha].shape(), e.outputs[0].shape(), body);
}

template <typename Code, typename AlphaCode>
void evaluate_quantized(const Evaluation& e) {
  const Code* x = e.inputs[kInput].as<Code>();
  const AlphaCode* alpha = e.inputs[kAlpha].as<AlphaCode>();
  Code* y = e.outputs[0].as<Code>();
  const float x_scale = e.inputs[kInput].scale(), y_scale = e.outputs[0].scale();
  const float slope_scale = x_scale * e.inputs[kAlpha].scale();
  const FixedMultiplier identity = quantize_multiplier(static_cast<double>(x_scale / y_scale));
  const FixedMultiplier slope = quantize_multiplier(static_cast<double>(slope_scale / y_scale));
  const int32_t zero_x = e.inputs[kInput].zero_point(), zero_y = e.outputs[0].zero_point();
  const int32_t zero_alpha = e.inputs[kAlpha].zero_point();
  for_each(e, [=](int64_t i, int64_t ix, int64_t ialpha) {
    const int32_t value = x[ix] - zero_x;
    const int32_t scaled =
        value >= 0 ? multiply(value, identity) : multiply(value * (alpha[ialpha] - zero_alpha), slope);
    y[i] = saturate<Code>(int64_t{scaled} + zero_y);
  });
}

void evaluate_float(const Evaluation& e) {
  const float* x = e.inputs[kInput].as<float>();
  const float* alpha = e.inputs[kAlpha].as<float>();
  float* y = e.outputs[0].as<float>();
  for_each(e, [=](int64_t i, int64_t ix, int64_t ialpha) { y[i] = x[ix] >= 0 ? x[ix] : x[ix] * alpha[ialpha]; });
}

Status evaluate(const Evaluation& e) {
  switch (e.inputs[kInput].dtype()) {
    case DType::kFloat32: evaluate_float(e); return {};
    case DType::kInt8: evaluate_quantized<int8_t, int8_t>(e); return {};
    case DType::kUInt8: evaluate_quantized<uint8_t, uint8_t>(e); return {};
    case DType::kInt16: evaluate_quantized<int16_t, int8_t>(e); return {};
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

}  // namespace

const OpDef& op_prelu() {
  static const OpDef def = {
      .name = "PRELU",
      .code = 54,
      .options_record = "",
      .summary = "y = x >= 0 ? x : alpha * x",
      .inputs = {{"x"}, {"alpha"}},
      .outputs = {{"y"}},
      .options = {},
      .types = {{"float32", {kF32, kF32}, {kF32}, 1},
                {"uint8", {kU8, kU8}, {kU8}, 1},
                {"int8", {kI8, kI8}, {kI8}, 1},
                {"int16x8", {kI16, kI8}, {kI16}, 1}},
      .traits = {.output_may_share_input = true},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true, .inputs = {kActivationRule, kActivationRule}, .outputs = {kActivationRule}},
      .layout = {LayoutKind::kBroadcast},
  };
  return def;
}

}  // namespace pestle::ops
