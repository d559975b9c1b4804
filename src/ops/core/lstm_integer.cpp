#include "ops/core/lstm_integer.h"

#include <algorithm>
#include <cmath>

#include "ops/core/fixed_point_functions.h"
#include "ops/core/fixed_point_int16.h"
#include "ops/core/requantize.h"

namespace pestle::ops {
namespace {

constexpr float kGateStep = 1.0f / 4096;  // what goes into a gate without layer norm is in Q3
constexpr double kQ0Step = 1.0 / 32768;

int32_t wrap(int64_t value) { return static_cast<int32_t>(value); }

template <typename T>
T clip_code(float clip, float scale) {
  if (!(clip > 0.0f)) return 0;
  const float low = std::numeric_limits<T>::min(), high = std::numeric_limits<T>::max();
  return static_cast<T>(std::min(std::max(clip / scale, low), high));
}

template <typename T>
void clip(T* values, int64_t count, T bound) {
  if (bound <= 0) return;
  for (int64_t i = 0; i < count; ++i) values[i] = std::clamp<T>(values[i], static_cast<T>(-bound), bound);
}

}  // namespace

IntegerLstm::IntegerLstm(const Evaluation& e, const LstmPlaces& places)
    : e_(e),
      places_(places),
      extents_(
          lstm_extents(e.inputs[places.input(kOutputGate)].shape(), e.inputs[places.recurrent(kOutputGate)].shape())) {
  const InputOperand &h = e.inputs[places.hidden()], &c = e.inputs[places.cell()];
  const ir::Type& hidden = e.intermediates[kLstmIntermediates - 1];
  cell_exponent_ = exact_log2(c.scale()).value_or(-12);
  cell_clip_ = clip_code<int16_t>(kCellClip(e.node), c.scale());
  projection_clip_ = clip_code<int8_t>(kProjectionClip(e.node), e.outputs[0].scale());
  hidden_zero_ = hidden.zero_point();
  const auto hidden_scale = static_cast<float>(kQ0Step / static_cast<double>(hidden.scale()) * kQ0Step);
  hidden_multiplier_ = quantize_multiplier(static_cast<double>(hidden_scale));
  for (const LstmGate gate : kLstmGates) gates_[gate] = make_gate(gate);
  if (!e.has(places.projection())) return;
  // What is projected has the zero point -z: its codes are M(o t) - z.
  const ir::Type negated{DType::kInt8, {}, ir::per_tensor(hidden.scale(), -hidden_zero_)};
  projection_ = make_product(places.projection(), {&negated, nullptr}, operand(places.projection_bias()), h.scale());
}

IntegerLstm::Product IntegerLstm::make_product(int weights, const InputOperand& x, const InputOperand* bias,
                                               float target) const {
  const InputOperand& w = e_.inputs[weights];
  const int64_t outputs = w.shape()[0], inputs = w.shape()[1];
  Product product{w.as<int8_t>(), std::vector<int32_t>(static_cast<size_t>(outputs), 0),
                  quantize_multiplier(static_cast<double>(w.scale() * x.scale() / target))};
  for (int64_t o = 0; o < outputs; ++o) {
    int64_t sum = 0;
    for (int64_t i = 0; i < inputs; ++i) sum += product.weights[o * inputs + i];
    product.bias[o] = wrap((bias != nullptr ? bias->as<int32_t>()[o] : 0) - sum * x.zero_point());
  }
  return product;
}

IntegerLstm::Gate IntegerLstm::make_gate(LstmGate place) const {
  Gate gate;
  if (!e_.has(places_.input(place))) return gate;
  gate.present = true;
  const InputOperand* norm = operand(places_.norm(place));
  const InputOperand* bias = operand(places_.bias(place));
  const float target = norm != nullptr ? e_.intermediates[place].scale() : kGateStep;
  gate.input = make_product(places_.input(place), e_.inputs[places_.x], norm != nullptr ? nullptr : bias, target);
  gate.recurrent = make_product(places_.recurrent(place), e_.inputs[places_.hidden()], nullptr, target);
  if (const InputOperand* peephole = operand(places_.peephole(place))) {
    const double scale = std::ldexp(1.0, cell_exponent_) * static_cast<double>(peephole->scale());
    gate.peephole = peephole->as<int16_t>();
    gate.peephole_multiplier = quantize_multiplier(static_cast<double>(static_cast<float>(scale / target)));
  }
  if (norm == nullptr) return gate;
  gate.norm = norm->as<int16_t>();
  gate.norm_bias = bias->as<int32_t>();
  gate.norm_multiplier = quantize_multiplier(static_cast<double>(norm->scale()));
  gate.norm_multiplier.exponent += 12;
  gate.least_variance = static_cast<int32_t>(std::clamp(10000.0f * norm->scale(), 1.0f, 1e9f));
  return gate;
}

int32_t IntegerLstm::Product::operator()(const int8_t* x, int64_t length, int64_t o) const {
  int64_t sum = bias[o];
  for (int64_t i = 0; i < length; ++i) sum += int32_t{weights[o * length + i]} * x[i];
  return multiply(wrap(sum), multiplier);
}

std::vector<int16_t> IntegerLstm::sums(const Gate& gate, const int8_t* x, const int8_t* h) const {
  std::vector<int16_t> values(static_cast<size_t>(extents_.cells));
  for (int64_t o = 0; o < extents_.cells; ++o) {
    const auto from_input = saturate<int16_t>(gate.input(x, extents_.inputs, o));
    values[o] = saturate<int16_t>(int64_t{gate.recurrent(h, extents_.outputs, o)} + from_input);
  }
  return values;
}

// TFLite's kernel takes the width of the output for that of the cell here: with a projection to fewer values it leaves
// out the last cells of all rows together.
void IntegerLstm::add_peephole(const Gate& gate, const int16_t* c, Row row, std::vector<int16_t>& values) const {
  if (gate.peephole == nullptr) return;
  for (int64_t i = 0; i < extents_.cells; ++i) {
    const int64_t at = row.row * extents_.cells + i;
    if (at >= row.rows * extents_.outputs) return;
    const int32_t product = int32_t{gate.peephole[at % extents_.outputs]} * c[i];
    values[i] = saturate<int16_t>(int64_t{multiply(product, gate.peephole_multiplier)} + values[i]);
  }
}

// Mean in steps of 2^-10, deviation by its inverse; the result in Q3.
void IntegerLstm::normalize(const Gate& gate, std::vector<int16_t>& values) const {
  if (gate.norm == nullptr) return;
  constexpr int64_t kSquare = 1 << 20;
  int64_t sum = 0, squares = 0;
  for (const int16_t value : values) {
    sum += value;
    squares += int32_t{value} * value;
  }
  const int32_t mean = wrap(sum * 1024 / extents_.cells);
  const int64_t spread = squares * (kSquare / extents_.cells) - int64_t{mean} * mean;
  int32_t variance = wrap(spread / kSquare);
  if (variance < 1) variance = gate.least_variance;
  const InverseSqrt inverse = inverse_sqrt(variance);
  for (int64_t i = 0; i < extents_.cells; ++i) {
    const int32_t scaled = multiply(1024 * values[i] - mean, {inverse.value, inverse.exponent});
    const int64_t weighted = wrap(int64_t{scaled} * gate.norm[i] + gate.norm_bias[i]);
    const int32_t rounded = wrap((weighted > 0 ? weighted + 512 : weighted - 512) / 1024);
    values[i] = saturate<int16_t>(multiply(rounded, gate.norm_multiplier));
  }
}

std::vector<int16_t> IntegerLstm::evaluate(LstmGate place, const int8_t* x, const int8_t* h, const int16_t* c,
                                           Row row) const {
  const Gate& gate = gates_[place];
  std::vector<int16_t> values = sums(gate, x, h);
  add_peephole(gate, c, row, values);
  normalize(gate, values);
  for (int16_t& value : values) value = place == kCellGate ? tanh_int16(value, 3) : logistic_q3(value);
  return values;
}

void IntegerLstm::update_cell(const std::vector<int16_t> (&gates)[3], int16_t* c) const {
  for (int64_t i = 0; i < extents_.cells; ++i) {
    const int32_t forget = gates[kForgetGate][i];
    const int32_t input = gates_[kInputGate].present ? gates[kInputGate][i] : 32767 - forget;
    const auto kept = static_cast<int16_t>(rounding_shift_right(forget * c[i], 15));
    const auto added = static_cast<int16_t>(rounding_shift_right(input * gates[kCellGate][i], 30 + cell_exponent_));
    c[i] = saturate<int16_t>(int64_t{kept} + added);
  }
  clip(c, extents_.cells, cell_clip_);
}

void IntegerLstm::output(const std::vector<int16_t>& gate, const int16_t* c, int8_t* h) const {
  const bool projects = projection_.weights != nullptr;
  std::vector<int8_t> hidden(static_cast<size_t>(extents_.cells));
  for (int64_t i = 0; i < extents_.cells; ++i) {
    const int32_t product = int32_t{gate[i]} * tanh_int16(c[i], 15 + cell_exponent_);
    const int64_t code = multiply(product, hidden_multiplier_);
    hidden[i] = saturate<int8_t>(projects ? code - hidden_zero_ : code + hidden_zero_);
  }
  if (!projects) {
    std::copy(hidden.begin(), hidden.end(), h);
    return;
  }
  const int32_t zero = e_.inputs[places_.hidden()].zero_point();
  for (int64_t o = 0; o < extents_.outputs; ++o)
    h[o] = saturate<int8_t>(int64_t{projection_(hidden.data(), extents_.cells, o)} + zero);
  clip(h, extents_.outputs, projection_clip_);
}

void IntegerLstm::step(const int8_t* x, int8_t* h, int16_t* c, Row row) const {
  std::vector<int16_t> gates[3];
  for (const LstmGate gate : {kInputGate, kForgetGate, kCellGate}) {
    if (gates_[gate].present) gates[gate] = evaluate(gate, x, h, c, row);
  }
  update_cell(gates, c);
  const std::vector<int16_t> gate = evaluate(kOutputGate, x, h, c, row);
  output(gate, c, h);
}

namespace {

Status check_intermediates(const Inference& in, bool normalizes) {
  if (in.intermediates() != static_cast<int>(kLstmIntermediates))
    return fail(ErrorCode::kUnsupported,
                "an integer LSTM has 5 intermediates, it has " + std::to_string(in.intermediates()));
  for (int i = normalizes ? 0 : 4; i < in.intermediates(); ++i) {
    const auto& q = in.intermediate(i).quantization;
    const bool one = q && q->scale.size() == 1 && q->zero_point.size() == 1 && !q->blocks;
    if (!one || !std::isfinite(q->scale[0]) || !(q->scale[0] > 0.0f) || q->zero_point[0] < -32768 ||
        q->zero_point[0] > 32767)
      return fail(ErrorCode::kInvalidModel, "intermediate " + std::to_string(i) + " must have one usable scale");
  }
  return {};
}

}  // namespace

Status check_integer_lstm(const Inference& in, const LstmPlaces& places) {
  PESTLE_TRY(check_intermediates(in, in.has(places.norm(kForgetGate))));
  for (int i = 0; i < in.inputs(); ++i) {
    const bool is_code = in.has(i) && is_quantized_storage(in.dtype(i));
    if (!is_code) continue;
    PESTLE_TRY(check_one_scale(in.type(i), "an operand"));
    if (in.type(i).scale() > 0.0f) continue;
    return fail(ErrorCode::kInvalidModel, "input " + std::to_string(i) + " has the scale 0");
  }
  if (in.outputs() > 0) {
    ir::Type output = in.declared(0);
    output.dtype = DType::kInt8;
    PESTLE_TRY(check_one_scale(output, "the output"));
  }
  const auto exponent = exact_log2(in.type(places.cell()).scale());
  if (!exponent || *exponent < -15 || *exponent > -9)
    return fail(ErrorCode::kUnsupported, "the scale of the cell state must be a power of two from 2^-15 to 2^-9");
  const LstmExtents extents =
      lstm_extents(in.shape(places.input(kOutputGate)), in.shape(places.recurrent(kOutputGate)));
  if (in.has(places.peephole(kForgetGate)) && extents.outputs > extents.cells)
    return fail(ErrorCode::kUnsupported,
                "TFLite's kernel reads peephole weights beyond their end if the output is "
                "wider than the cell");
  return {};
}

}  // namespace pestle::ops
