#include "ops/core/lstm_float.h"

#include <algorithm>
#include <cmath>

#include "base/elementary.h"

namespace pestle::ops {
namespace {

void clip(float* values, int64_t count, float bound) {
  if (!(bound > 0.0f)) return;
  for (int64_t i = 0; i < count; ++i) values[i] = std::clamp(values[i], -bound, bound);
}

}  // namespace

FloatLstm::FloatLstm(const Evaluation& e, const LstmPlaces& places)
    : e_(e),
      places_(places),
      extents_(
          lstm_extents(e.inputs[places.input(kOutputGate)].shape(), e.inputs[places.recurrent(kOutputGate)].shape())),
      range_(hybrid_range(e.node)),
      activation_(kFusedActivation(e.node)) {}

// Each gate by itself: (x - mean) / deviation, times its coefficients, plus its bias.
void FloatLstm::normalize(LstmGate gate, std::vector<float>& values) const {
  constexpr float kLeastVariance = 1e-8f;
  const float* weights = operand(places_.norm(gate))->as<float>();
  const float* bias = operand(places_.bias(gate))->as<float>();
  const auto count = static_cast<float>(values.size());
  float sum = 0, squares = 0;
  for (const float value : values) sum += value;
  const float mean = sum / count;
  for (const float value : values) squares += (value - mean) * (value - mean);
  const float inverse = 1.0f / std::sqrt(squares / count + kLeastVariance);
  for (size_t i = 0; i < values.size(); ++i) values[i] = (values[i] - mean) * inverse * weights[i] + bias[i];
}

void FloatLstm::add_peephole(LstmGate gate, const float* c, std::vector<float>& values) const {
  const InputOperand* weights = operand(places_.peephole(gate));
  if (weights == nullptr) return;
  const bool codes = weights->dtype() == DType::kInt8;
  for (size_t i = 0; i < values.size(); ++i) {
    const float w = codes ? weights->scale() * static_cast<float>(weights->as<int8_t>()[i]) : weights->as<float>()[i];
    values[i] += w * c[i];
  }
}

std::vector<float> FloatLstm::gate(LstmGate gate, const Sources& sources) const {
  std::vector<float> values(static_cast<size_t>(extents_.cells), 0.0f);
  const bool normalizes = operand(places_.norm(gate)) != nullptr;
  if (!normalizes) std::copy_n(operand(places_.bias(gate))->as<float>(), extents_.cells, values.begin());
  add_product(*operand(places_.input(gate)), sources.x, values.data());
  if (sources.aux) add_product(*operand(places_.aux_input(gate)), *sources.aux, values.data());
  add_product(*operand(places_.recurrent(gate)), sources.h, values.data());
  add_peephole(gate, sources.c, values);
  if (normalizes && e_.inner != nullptr) e_.inner->see_intermediate(gate, values);
  if (normalizes) normalize(gate, values);
  for (float& value : values)
    value = gate == kCellGate ? activate(value, activation_) : static_cast<float>(elementary::logistic(value));
  return values;
}

void FloatLstm::project(const std::vector<float>& values, float* h) const {
  const InputOperand* projection = operand(places_.projection());
  if (projection == nullptr) {
    std::copy(values.begin(), values.end(), h);
    return;
  }
  if (e_.inner != nullptr) e_.inner->see_intermediate(kLstmIntermediates - 1, values);
  const InputOperand* bias = operand(places_.projection_bias());
  std::fill_n(h, extents_.outputs, 0.0f);
  if (bias != nullptr) std::copy_n(bias->as<float>(), extents_.outputs, h);
  add_product(*projection, CellVector(values.data(), extents_.cells, range_), h);
  clip(h, extents_.outputs, kProjectionClip(e_.node));
}

void FloatLstm::step(const float* x, const float* aux, float* h, float* c) const {
  Sources sources{CellVector(x, extents_.inputs, range_), CellVector(h, extents_.outputs, range_), {}, c};
  const InputOperand* aux_weights = operand(places_.aux_input(kOutputGate));
  if (aux != nullptr && aux_weights != nullptr) sources.aux.emplace(aux, aux_weights->shape()[1], range_);
  const std::vector<float> forget = gate(kForgetGate, sources), cell = gate(kCellGate, sources);
  const bool has_input_gate = operand(places_.input(kInputGate)) != nullptr;
  std::vector<float> input = has_input_gate ? gate(kInputGate, sources) : forget;
  for (int64_t i = 0; i < extents_.cells && !has_input_gate; ++i) input[i] = 1.0f - forget[i];
  for (int64_t i = 0; i < extents_.cells; ++i) c[i] = forget[i] * c[i] + input[i] * cell[i];
  clip(c, extents_.cells, kCellClip(e_.node));
  if (e_.inner != nullptr) e_.inner->see_state(places_.cell(), {c, static_cast<size_t>(extents_.cells)});
  std::vector<float> output = gate(kOutputGate, sources);
  for (int64_t i = 0; i < extents_.cells; ++i) output[i] *= activate(c[i], activation_);
  project(output, h);
}

}  // namespace pestle::ops
