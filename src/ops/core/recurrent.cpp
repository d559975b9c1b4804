#include "ops/core/recurrent.h"

#include <algorithm>
#include <cmath>

#include "base/elementary.h"

namespace pestle::ops {

void add_product(const InputOperand& weights, const CellVector& x, float* out) {
  const int64_t outputs = weights.shape()[0], inputs = weights.shape().back(0);
  const bool is_diagonal = weights.shape().rank() == 1;
  if (weights.dtype() == DType::kFloat32) {
    const float* w = weights.as<float>();
    for (int64_t o = 0; o < outputs; ++o) {
      float sum = 0;
      if (is_diagonal) sum = w[o] * x.values()[o];
      for (int64_t i = 0; i < inputs && !is_diagonal; ++i) sum = std::fma(w[o * inputs + i], x.values()[i], sum);
      out[o] += sum;
    }
    return;
  }
  const int8_t* w = weights.as<int8_t>();
  const HybridRows& row = x.codes();
  const float scale = row.scales[0] * weights.scale();
  for (int64_t o = 0; o < outputs; ++o) {
    int64_t sum = 0;
    for (int64_t i = 0; i < inputs; ++i) sum += w[o * inputs + i] * (row.codes[i] - row.zero_points[0]);
    out[o] += static_cast<float>(sum) * scale;
  }
}

Sequence::Sequence(const Shape& shape, bool is_time_major) : batches(shape[0]), time_major(is_time_major) {
  if (shape.rank() < 3) return;
  batches = shape[time_major ? 1 : 0];
  steps = shape[time_major ? 0 : 1];
}

float activate(float value, FusedActivation activation) {
  if (activation == FusedActivation::kTanh) return static_cast<float>(elementary::tanh(value));
  return clamp_to(value, float_range(activation));
}

Status check_cell_activation(FusedActivation activation) {
  return activation == FusedActivation::kTanh ? Status{} : check_clamp(activation);
}

Status check_operand_shape(const Inference& in, int operand, const Shape& expected) {
  const Shape& shape = in.shape(operand);
  bool fits = shape.rank() == expected.rank();
  for (int axis = 0; fits && axis < expected.rank(); ++axis)
    fits = shape[axis] == expected[axis] || shape[axis] == kUnknown || expected[axis] == kUnknown;
  if (fits) return {};
  return fail(ErrorCode::kInvalidModel, "input " + std::to_string(operand) + " has shape " + to_string(shape) +
                                            ", expected " + to_string(expected));
}

Status check_one_scale(const ir::Type& type, const char* what) {
  if (!is_quantized_storage(type.dtype)) return {};
  const bool one = type.quantization && type.quantization->scale.size() == 1 &&
                   type.quantization->zero_point.size() == 1 && !type.quantization->blocks;
  const CodeRange range = code_range(type.dtype);
  if (one && std::isfinite(type.scale()) && type.scale() >= 0.0f && type.quantization->zero_point[0] >= range.low &&
      type.quantization->zero_point[0] <= range.high)
    return {};
  return fail(ErrorCode::kInvalidModel, std::string(what) + " must have one scale and one zero point");
}

void SimpleCell::step(const float* x, float* state, float* y, Second second) const {
  std::copy_n(bias.as<float>(), units(), y);
  add_product(weights, x, range, y);
  if (second.weights != nullptr) add_product(*second.weights, second.z, range, y);
  add_product(recurrent, state, range, y);
  for (int64_t o = 0; o < units(); ++o) state[o] = y[o] = activate(y[o], activation);
}

Status check_simple_cell(const Inference& in, int first, int64_t batches, int64_t length) {
  const Shape& w = in.shape(first);
  if (w.rank() != 2 || w[0] <= 0 || w[1] <= 0)
    return fail(ErrorCode::kInvalidModel, "weights must have two axes, they have shape " + to_string(w));
  PESTLE_TRY(check_cell_activation(kFusedActivation(in.node())));
  PESTLE_TRY(check_operand_shape(in, first, {w[0], length}));
  PESTLE_TRY(check_operand_shape(in, first + 1, {w[0], w[0]}));
  PESTLE_TRY(check_operand_shape(in, first + 2, {w[0]}));
  PESTLE_TRY(check_operand_shape(in, first + 3, {batches, w[0]}));
  PESTLE_TRY(check_one_scale(in.type(first), "weights"));
  return check_one_scale(in.type(first + 1), "recurrent weights");
}

OpDef simple_cell_operator(const char* name, int code) {
  return {
      .name = name,
      .code = code,
      .options_record = "",
      .summary = "",
      .inputs = {{"input"},
                 {"input_weights"},
                 {"recurrent_weights"},
                 {"bias"},
                 {"hidden_state", OperandDef::kRequired, true}},
      .outputs = {{"output"}},
      .options = {kFusedActivation.info(), kAsymmetricInputs.info()},
      .types = {{"float32", {kF32, kF32, kF32, kF32, kF32}, {kF32}, 1},
                {"hybrid", {kF32, kI8, kI8, kF32, kF32}, {kF32}, 2}},
      .quantization = {.inputs = {kNoRule, weight_rule(-1), weight_rule(-1), kNoRule},
                       .hybrid_weight = 1,
                       .hybrid_together = true,
                       .hybrid_asymmetric_inputs = true},
      .macs =
          [](const NodeView& view) {
            const Shape& w = view.input(1).shape;
            return view.output(0).shape.elements() * (w[0] + w[1]);
          },
      .version = [](const NodeView& view,
                    int row_version) { return row_version == 2 && kAsymmetricInputs(view.node()) ? 3 : row_version; },
  };
}

}  // namespace pestle::ops
