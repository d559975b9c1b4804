#include "ops/core/lstm_basic.h"

#include <algorithm>
#include <cmath>

#include "base/elementary.h"
#include "base/fixed_point.h"
#include "ops/core/fixed_point_int16.h"
#include "ops/core/lstm.h"
#include "ops/core/requantize.h"

namespace pestle::ops {
namespace {

enum Operand { kX, kHidden, kWeights, kBias, kCell };
enum Output { kNewHidden, kNewCell, kJoined, kSums };
constexpr int kCellBits = 4;  // integer bits of the state

Status check_integer(const Inference& in) {
  for (const int i : {int{kX}, int{kHidden}, int{kWeights}, int{kCell}})
    PESTLE_TRY(check_one_scale(in.type(i), "an operand"));
  const ir::Type& cell = in.declared(kNewCell);
  const auto exponent = has_scale(cell) ? exact_log2(cell.scale()) : std::nullopt;
  if (exponent != kCellBits - 15)
    return fail(ErrorCode::kUnsupported, "TFLite's kernel wants a cell state in steps of 2^-11");
  if (has_scale(in.type(kBias))) return {};
  return fail(ErrorCode::kInvalidModel, "the bias has no scale");
}

Status infer(Inference& in) {
  const Shape &x = in.shape(kX), &h = in.shape(kHidden);
  if (x.rank() != 2 || h.rank() != 2 || x[1] <= 0 || h[1] <= 0)
    return fail(ErrorCode::kInvalidModel, "input and states must have two axes");
  if (in.outputs() != 4) return fail(ErrorCode::kInvalidModel, "there must be four outputs");
  const int64_t units = h[1], length = x[1] + units;
  PESTLE_TRY(check_operand_shape(in, kHidden, {x[0], units}));
  PESTLE_TRY(check_operand_shape(in, kWeights, {4 * units, length}));
  PESTLE_TRY(check_operand_shape(in, kBias, {4 * units}));
  PESTLE_TRY(check_operand_shape(in, kCell, {x[0], units}));
  const bool codes = in.dtype(kX) == DType::kUInt8;
  if (codes) PESTLE_TRY(check_integer(in));
  in.set(kNewHidden, in.dtype(kX), {x[0], units});
  in.set(kNewCell, in.dtype(kCell), {x[0], units});
  in.set(kJoined, in.dtype(kX), {x[0], length});
  in.set(kSums, codes ? DType::kInt16 : DType::kFloat32, {x[0], 4 * units});
  return {};
}

template <typename T>
void join(const Evaluation& e) {
  const int64_t inputs = e.inputs[kX].shape()[1], units = e.inputs[kHidden].shape()[1];
  T* joined = e.outputs[kJoined].as<T>();
  for (int64_t b = 0; b < e.inputs[kX].shape()[0]; ++b, joined += inputs + units) {
    std::copy_n(e.inputs[kX].as<T>() + b * inputs, inputs, joined);
    std::copy_n(e.inputs[kHidden].as<T>() + b * units, units, joined + inputs);
  }
}

// The four sums of one cell.
template <typename T>
struct Gates {
  T input, cell, forget, output;

  Gates(const T* sums, int64_t units, int64_t i)
      : input(sums[i]), cell(sums[units + i]), forget(sums[2 * units + i]), output(sums[3 * units + i]) {}
};

float sigmoid(float x) { return static_cast<float>(elementary::logistic(x)); }
float tangent(float x) { return static_cast<float>(elementary::tanh(x)); }

void evaluate_float(const Evaluation& e) {
  join<float>(e);
  const int64_t units = e.inputs[kHidden].shape()[1], length = e.outputs[kJoined].shape()[1];
  for (int64_t b = 0; b < e.inputs[kX].shape()[0]; ++b) {
    float* sums = e.outputs[kSums].as<float>() + b * 4 * units;
    std::copy_n(e.inputs[kBias].as<float>(), 4 * units, sums);
    add_product(e.inputs[kWeights], e.outputs[kJoined].as<float>() + b * length, HybridRange::kSymmetric, sums);
    for (int64_t i = 0; i < units; ++i) {
      const Gates<float> gates(sums, units, i);
      const float kept = sigmoid(gates.forget) * e.inputs[kCell].as<float>()[b * units + i];
      const float c = sigmoid(gates.input) * tangent(gates.cell) + kept;
      e.outputs[kNewCell].as<float>()[b * units + i] = c;
      e.outputs[kNewHidden].as<float>()[b * units + i] = sigmoid(gates.output) * tangent(c);
    }
  }
}

// As the matrix product that TFLite's kernel uses rescales: the last shift rounds halves upwards.
int64_t multiply_upwards(int32_t x, FixedMultiplier m) {
  const int right = std::max(-m.exponent, 0);
  const int64_t high = multiply_high(wrapping_shift_left(x, std::max(m.exponent, 0)), m.multiplier);
  return right == 0 ? high : (high + (int64_t{1} << (right - 1))) >> right;
}

// Sums in Q3 of one row.
void sum_codes(const Evaluation& e, int64_t b, int16_t* sums) {
  const int64_t rows = e.inputs[kBias].elements(), length = e.outputs[kJoined].shape()[1];
  const uint8_t* joined = e.outputs[kJoined].as<uint8_t>() + b * length;
  const int32_t zero = e.inputs[kWeights].zero_point();
  const FixedMultiplier multiplier = quantize_multiplier(4096.0 * static_cast<double>(e.inputs[kBias].scale()));
  for (int64_t o = 0; o < rows; ++o) {
    const uint8_t* w = e.inputs[kWeights].as<uint8_t>() + o * length;
    int64_t sum = e.inputs[kBias].as<int32_t>()[o];
    for (int64_t i = 0; i < length; ++i) sum += (joined[i] - 128) * (w[i] - zero);
    sums[o] = saturate<int16_t>(multiply_upwards(static_cast<int32_t>(sum), multiplier));
  }
}

void evaluate_codes(const Evaluation& e) {
  join<uint8_t>(e);
  const int64_t units = e.inputs[kHidden].shape()[1];
  for (int64_t b = 0; b < e.inputs[kX].shape()[0]; ++b) {
    int16_t* sums = e.outputs[kSums].as<int16_t>() + b * 4 * units;
    sum_codes(e, b, sums);
    for (int64_t i = 0; i < units; ++i) {
      const Gates<int16_t> gates(sums, units, i);
      const int16_t added = multiply_high(logistic_q3(gates.input), tanh_int16(gates.cell, 3));
      const int16_t kept = multiply_high(logistic_q3(gates.forget), e.inputs[kCell].as<int16_t>()[b * units + i]);
      const auto c = saturate<int16_t>(rounding_shift_right(added, kCellBits) + kept);
      const int16_t squeezed = tanh_int16(saturate<int16_t>(int32_t{c} * 2), 3);
      const int32_t h = rounding_shift_right(multiply_high(logistic_q3(gates.output), squeezed), 8);
      e.outputs[kNewCell].as<int16_t>()[b * units + i] = c;
      e.outputs[kNewHidden].as<uint8_t>()[b * units + i] = static_cast<uint8_t>(128 + std::clamp(h, -128, 127));
    }
  }
}

Status evaluate(const Evaluation& e) {
  e.inputs[kX].dtype() == DType::kUInt8 ? evaluate_codes(e) : evaluate_float(e);
  for (const auto& [state, result] : {std::pair{int{kHidden}, int{kNewHidden}}, {int{kCell}, int{kNewCell}}}) {
    const std::span<const std::byte> bytes = e.outputs[result].view().bytes;
    std::copy(bytes.begin(), bytes.end(), const_cast<std::byte*>(e.inputs[state].data));
  }
  return {};
}

int64_t macs(const NodeView& view) { return view.input(kX).shape[0] * view.input(kWeights).shape.elements(); }

}  // namespace

const OpDef& lstm_basic() {
  static const OpDef def = {
      .name = "LSTM",
      .code = 16,
      .options_record = "LSTMOptions",
      .summary = "c' = i g + f c, h' = o tanh(c'); gates are sigmoid, and g tanh, of W (x, h) + bias",
      .inputs = {{"input"},
                 {"input_activation_state", OperandDef::kRequired, true},
                 {"weights"},
                 {"bias"},
                 {"input_cell_state", OperandDef::kRequired, true}},
      .outputs = {{"output"}, {"cell_state"}, {"joined_inputs"}, {"gate_sums"}},
      .options = {kFusedActivation.info(), kCellClip.info(), kProjectionClip.info(), kLstmKernel.info(),
                  kAsymmetricInputs.info()},
      .types = {{"basic float32", {kF32, kF32, kF32, kF32, kF32}, {kF32, kF32, kF32, kF32}, 2},
                {"basic uint8", {kU8, kU8, kU8, kI32, kI16}, {kU8, kI16, kU8, kI16}, 2}},
      .infer = infer,
      .evaluate = evaluate,
      .is_form_of = [](const ir::Node& node) { return kLstmKernel(node) == LstmKernel::kBasic; },
      .macs = macs,
  };
  return def;
}

}  // namespace pestle::ops
