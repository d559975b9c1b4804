// The operands and types that LSTM and UNIDIRECTIONAL_SEQUENCE_LSTM share, in TFLite's order.
#include "ops/core/lstm.h"

namespace pestle::ops {

void append_lstm_operands(std::vector<OperandDef>& operands, const char* const (&names)[17]) {
  // The input gate, peepholes and the projection are optional.
  constexpr bool kIsRequired[17] = {false, true,  true,  true, false, true, true,  true, false,
                                    false, false, false, true, true,  true, false, false};
  for (int i = 0; i < 17; ++i)
    operands.push_back({names[i], kIsRequired[i] ? OperandDef::kRequired : OperandDef::kOptional});
}

namespace {

constexpr const char* kNames[17] = {"input_to_input_weights",
                                    "input_to_forget_weights",
                                    "input_to_cell_weights",
                                    "input_to_output_weights",
                                    "recurrent_to_input_weights",
                                    "recurrent_to_forget_weights",
                                    "recurrent_to_cell_weights",
                                    "recurrent_to_output_weights",
                                    "cell_to_input_weights",
                                    "cell_to_forget_weights",
                                    "cell_to_output_weights",
                                    "input_gate_bias",
                                    "forget_gate_bias",
                                    "cell_bias",
                                    "output_gate_bias",
                                    "projection_weights",
                                    "projection_bias"};

std::vector<OperandDef> operands() {
  std::vector<OperandDef> all = {{"input"}};
  append_lstm_operands(all, kNames);
  all.push_back({"input_activation_state", OperandDef::kRequired, true});
  all.push_back({"input_cell_state", OperandDef::kRequired, true});
  for (const char* name : {"input_layer_norm_coefficients", "forget_layer_norm_coefficients",
                           "cell_layer_norm_coefficients", "output_layer_norm_coefficients"})
    all.push_back({name, OperandDef::kOptional});
  return all;
}

struct CellTypes {
  DTypeSet x, weights, recurrent, peephole, bias, c, norm;
};

std::vector<DTypeSet> row(const CellTypes& t) {
  std::vector<DTypeSet> types = {t.x};
  for (const auto& [type, count] : {std::pair{t.weights, 4}, {t.recurrent, 4}, {t.peephole, 3}, {t.bias, 4}})
    types.insert(types.end(), count, type);
  types.insert(types.end(), {t.weights, t.bias, t.x, t.c});
  types.insert(types.end(), 4, t.norm);
  return types;
}

constexpr LstmPlaces kPlaces;

const char* obstacle(const ir::Node& node) {
  return kFusedActivation(node) == FusedActivation::kTanh ? nullptr : "its integer kernel has the activation TANH only";
}

}  // namespace

QuantRule lstm_rule() {
  QuantRule rule{.int8 = true, .outputs = {kActivationRule}, .obstacle = obstacle};
  rule.inputs.assign(kPlaces.layer_norm + 4, kNoRule);
  rule.inputs[kPlaces.x] = kActivationRule;
  for (const LstmGate gate : kLstmGates) {
    rule.inputs[kPlaces.input(gate)] = rule.inputs[kPlaces.recurrent(gate)] = weight_rule(-1);
    rule.inputs[kPlaces.bias(gate)] =
        bias_rule({.data = kPlaces.x, .weights = kPlaces.input(gate), .norm = kPlaces.norm(gate)});
    rule.inputs[kPlaces.norm(gate)] = {.role = Role::kWeight, .axis = -1, .dtype = DType::kInt16, .integer_only = true};
    if (gate == kCellGate) continue;
    rule.inputs[kPlaces.peephole(gate)] = {.role = Role::kWeight, .axis = -1, .dtype = DType::kInt16};
  }
  rule.inputs[kPlaces.projection()] = weight_rule(-1);
  rule.inputs[kPlaces.projection_bias()] =
      bias_rule({.weights = kPlaces.projection(), .intermediate = kLstmIntermediates - 1});
  rule.inputs[kPlaces.hidden()] = state_rule();
  rule.inputs[kPlaces.cell()] = state_rule(DType::kInt16, true);
  rule.intermediates.assign(4, {DType::kInt16, 1.0f / 4096});
  rule.intermediates.push_back({DType::kInt8, 0});
  rule.hybrid_weight = kPlaces.input(kForgetGate);
  rule.hybrid_together = true;
  rule.hybrid_asymmetric_inputs = true;
  return rule;
}

OpDef lstm_operator(const char* name, int code) {
  return {
      .name = name,
      .code = code,
      .options_record = "",
      .summary = "c = f c + i g, h = o act(c); gates i, f, o = sigmoid and g = act of W x + R h + bias",
      .inputs = operands(),
      .outputs = {{"output"}},
      .options = {kFusedActivation.info(), kCellClip.info(), kProjectionClip.info(), kAsymmetricInputs.info()},
      .types = {{"float32", row({kF32, kF32, kF32, kF32, kF32, kF32, kF32}), {kF32}, 1},
                {"hybrid", row({kF32, kI8, kI8, kI8, kF32, kF32, kF32}), {kF32}, 2},
                {"int8", row({kI8, kI8, kI8, kI16, kI32, kI16, kI16}), {kI8}, 1}},
      .quantization = lstm_rule(),
  };
}

}  // namespace pestle::ops
