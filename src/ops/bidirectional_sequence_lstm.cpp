// BIDIRECTIONAL_SEQUENCE_LSTM
//   one LSTM cell (unidirectional_sequence_lstm.cpp) over t in order, another over t from the last to the first; each
//   has weights and state of its own. y[b,t] = (h of the one, h of the other), in one output if merge_outputs
//   x [B,T,I] or with time_major [T,B,I]. A second input z [B,T,J] with weights of its own is added to every gate; one
//   without weights is what the backward cell reads in place of x.
// TFLite's kernel steps over its states in strides of merged outputs where the batch comes first: it is right there for
// one batch only. docs/semantics.md#lstm
#include "ops/core/lstm.h"

namespace pestle::ops {
namespace {

// The option's default is true here, unlike elsewhere.
constexpr BoolOption kTimeFirst{"time_major", true};
constexpr BoolOption kMerge{"merge_outputs", false};
constexpr int kAux = 39;
constexpr LstmPlaces kForward{.weights = 1, .state = 35, .layer_norm = -1, .aux = kAux, .aux_weights = 40};
constexpr LstmPlaces kBackward{.weights = 18, .state = 37, .layer_norm = -1, .aux = kAux, .aux_weights = 44};

bool has_aux_weights(const Inference& in) { return in.has(kForward.aux_input(kForgetGate)); }

Status check_aux(const Inference& in) {
  if (has_aux_weights(in) != in.has(kBackward.aux_input(kForgetGate)))
    return fail(ErrorCode::kInvalidModel, "only one of the directions has weights for the second input");
  if (!in.has(kAux))
    return has_aux_weights(in) ? fail(ErrorCode::kInvalidModel, "there is no second input for its weights") : Status{};
  const Shape &x = in.shape(0), &aux = in.shape(kAux);
  if (aux.rank() != 3) return fail(ErrorCode::kInvalidModel, "the second input must have three axes");
  return check_operand_shape(in, kAux, {x[0], x[1], has_aux_weights(in) ? aux[2] : x[2]});
}

Status infer(Inference& in) {
  const Shape& x = in.shape(0);
  if (x.rank() != 3) return fail(ErrorCode::kInvalidModel, "the input must have three axes, it has " + to_string(x));
  PESTLE_TRY(check_aux(in));
  const int64_t aux_length = has_aux_weights(in) ? in.shape(kAux)[2] : 0;
  const LstmFeed feed{x[kTimeFirst(in.node()) ? 1 : 0], x[2], aux_length};
  PESTLE_TRY(check_lstm(in, kForward, feed));
  PESTLE_TRY(check_lstm(in, kBackward, feed));
  const bool merges = kMerge(in.node());
  if (in.outputs() != (merges ? 1 : 2))
    return fail(ErrorCode::kInvalidModel, merges ? "merged outputs are one" : "there must be two outputs");
  const int64_t forward = in.shape(kForward.hidden())[1], backward = in.shape(kBackward.hidden())[1];
  in.set(0, DType::kFloat32, {x[0], x[1], merges ? forward + backward : forward});
  if (!merges) in.set(1, DType::kFloat32, {x[0], x[1], backward});
  return {};
}

Status evaluate(const Evaluation& e) {
  const Sequence sequence(e.inputs[0].shape(), kTimeFirst(e.node));
  const bool merges = kMerge(e.node);
  const OutputOperand& second = e.outputs[merges ? 0 : 1];
  const int64_t offset = merges ? e.inputs[kForward.hidden()].shape()[1] : 0;
  LstmPlaces backward = kBackward;
  if (e.has(kAux) && !e.has(kForward.aux_input(kForgetGate))) backward.x = kAux;
  run_lstm(e,
           {.places = kForward, .sequence = sequence, .y = e.outputs[0].data, .stride = e.outputs[0].shape().back(0)});
  run_lstm(e, {.places = backward,
               .sequence = sequence,
               .is_backward = true,
               .y = second.data + offset * static_cast<int64_t>(sizeof(float)),
               .stride = second.shape().back(0)});
  return {};
}

int64_t macs(const NodeView& view) {
  const Shape& x = view.input(0).shape;
  return x[0] * x[1] * (lstm_macs(view, kForward) + lstm_macs(view, kBackward));
}

int version(const NodeView& view, int row_version) {
  return row_version == 2 && kAsymmetricInputs(view.node()) ? 3 : row_version;
}

constexpr const char* kForwardNames[17] = {"fw_input_to_input_weights",
                                           "fw_input_to_forget_weights",
                                           "fw_input_to_cell_weights",
                                           "fw_input_to_output_weights",
                                           "fw_recurrent_to_input_weights",
                                           "fw_recurrent_to_forget_weights",
                                           "fw_recurrent_to_cell_weights",
                                           "fw_recurrent_to_output_weights",
                                           "fw_cell_to_input_weights",
                                           "fw_cell_to_forget_weights",
                                           "fw_cell_to_output_weights",
                                           "fw_input_gate_bias",
                                           "fw_forget_gate_bias",
                                           "fw_cell_bias",
                                           "fw_output_gate_bias",
                                           "fw_projection_weights",
                                           "fw_projection_bias"};
constexpr const char* kBackwardNames[17] = {"bw_input_to_input_weights",
                                            "bw_input_to_forget_weights",
                                            "bw_input_to_cell_weights",
                                            "bw_input_to_output_weights",
                                            "bw_recurrent_to_input_weights",
                                            "bw_recurrent_to_forget_weights",
                                            "bw_recurrent_to_cell_weights",
                                            "bw_recurrent_to_output_weights",
                                            "bw_cell_to_input_weights",
                                            "bw_cell_to_forget_weights",
                                            "bw_cell_to_output_weights",
                                            "bw_input_gate_bias",
                                            "bw_forget_gate_bias",
                                            "bw_cell_bias",
                                            "bw_output_gate_bias",
                                            "bw_projection_weights",
                                            "bw_projection_bias"};

std::vector<OperandDef> operands() {
  std::vector<OperandDef> all = {{"input"}};
  append_lstm_operands(all, kForwardNames);
  append_lstm_operands(all, kBackwardNames);
  for (const char* name :
       {"fw_input_activation_state", "fw_input_cell_state", "bw_input_activation_state", "bw_input_cell_state"})
    all.push_back({name, OperandDef::kRequired, true});
  for (const char* name :
       {"aux_input", "fw_aux_input_to_input_weights", "fw_aux_input_to_forget_weights", "fw_aux_input_to_cell_weights",
        "fw_aux_input_to_output_weights", "bw_aux_input_to_input_weights", "bw_aux_input_to_forget_weights",
        "bw_aux_input_to_cell_weights", "bw_aux_input_to_output_weights"})
    all.push_back({name, OperandDef::kOptional});
  return all;
}

// There is no integer kernel.
QuantRule rule() {
  QuantRule rule{.hybrid_weight = 1, .hybrid_together = true, .hybrid_asymmetric_inputs = true};
  rule.inputs.assign(48, kNoRule);
  for (const LstmPlaces& places : {kForward, kBackward}) {
    for (int i = places.weights; i < places.bias(kInputGate); ++i) rule.inputs[i] = weight_rule(-1);
    rule.inputs[places.projection()] = weight_rule(-1);
    for (const LstmGate gate : kLstmGates) rule.inputs[places.aux_input(gate)] = weight_rule(-1);
  }
  return rule;
}

std::vector<DTypeSet> row(DTypeSet weights) {
  std::vector<DTypeSet> types = {kF32};
  for (int direction = 0; direction < 2; ++direction) {
    types.insert(types.end(), 11, weights);
    types.insert(types.end(), 4, kF32);
    types.insert(types.end(), {weights, kF32});
  }
  types.insert(types.end(), 5, kF32);
  types.insert(types.end(), 8, weights);
  return types;
}

}  // namespace

const OpDef& op_bidirectional_sequence_lstm() {
  static const OpDef def = {
      .name = "BIDIRECTIONAL_SEQUENCE_LSTM",
      .code = 52,
      .options_record = "BidirectionalSequenceLSTMOptions",
      .summary = "y[b,t] = (h of an LSTM over t in order, h of another over t from the last to the first)",
      .inputs = operands(),
      .outputs = {{"fw_output"}, {"bw_output", OperandDef::kOptional}},
      .options = {kFusedActivation.info(), kCellClip.info(), kProjectionClip.info(), kMerge.info(), kTimeFirst.info(),
                  kAsymmetricInputs.info()},
      .types = {{"float32", row(kF32), {kF32}, 1}, {"hybrid", row(kI8), {kF32}, 2}},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = rule(),
      .macs = macs,
      .version = version,
  };
  return def;
}

}  // namespace pestle::ops
