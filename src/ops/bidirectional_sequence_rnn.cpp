// BIDIRECTIONAL_SEQUENCE_RNN
//   one simple cell (rnn.cpp) over t in order, another over t from the last to the first; each has weights and state of
//   its own. y[b,t] = (h of the one, h of the other), in one output if merge_outputs
//   x [B,T,I] or with time_major [T,B,I]. A second input z [B,T,J] with weights V of its own is added: act(bias + W x +
//   V z + R h); one without weights is what the backward cell reads in place of x.
// TFLite's kernel is wrong in three places where this one is not: with int8 weights and time_major it runs the whole
// sequence T times over; without time_major its backward cell reads x for z; with time_major it takes rows of z to be
// as long as those of x. docs/semantics.md#recurrent
#include "ops/core/recurrent.h"

namespace pestle::ops {
namespace {

constexpr BoolOption kMerge{"merge_outputs", false};
enum Operand { kInput, kForward, kForwardState = 4, kBackward, kBackwardState = 8, kAux, kForwardAux, kBackwardAux };

Status check_aux(const Inference& in) {
  if (in.has(kForwardAux) != in.has(kBackwardAux))
    return fail(ErrorCode::kInvalidModel, "only one of the directions has weights for the second input");
  if (!in.has(kAux))
    return in.has(kForwardAux) ? fail(ErrorCode::kInvalidModel, "there is no second input for its weights") : Status{};
  const Shape &x = in.shape(kInput), &aux = in.shape(kAux);
  if (aux.rank() != 3) return fail(ErrorCode::kInvalidModel, "the second input must have three axes");
  PESTLE_TRY(check_operand_shape(in, kAux, {x[0], x[1], in.has(kForwardAux) ? aux[2] : x[2]}));
  if (!in.has(kForwardAux)) return {};
  for (const int direction : {0, 1}) {
    const int weights = direction == 0 ? kForwardAux : kBackwardAux;
    PESTLE_TRY(check_operand_shape(in, weights, {in.shape(direction == 0 ? kForward : kBackward)[0], aux[2]}));
    PESTLE_TRY(check_one_scale(in.type(weights), "weights"));
  }
  return {};
}

Status infer(Inference& in) {
  const Shape& x = in.shape(kInput);
  if (x.rank() != 3) return fail(ErrorCode::kInvalidModel, "the input must have three axes, it has " + to_string(x));
  const int64_t batches = x[kTimeMajor(in.node()) ? 1 : 0];
  PESTLE_TRY(check_simple_cell(in, kForward, batches, x[2]));
  PESTLE_TRY(check_simple_cell(in, kBackward, batches, x[2]));
  PESTLE_TRY(check_aux(in));
  const bool merges = kMerge(in.node());
  if (in.outputs() != (merges ? 1 : 2))
    return fail(ErrorCode::kInvalidModel, merges ? "merged outputs are one" : "there must be two outputs");
  const int64_t forward = in.shape(kForward)[0], backward = in.shape(kBackward)[0];
  in.set(0, DType::kFloat32, {x[0], x[1], merges ? forward + backward : forward});
  if (!merges) in.set(1, DType::kFloat32, {x[0], x[1], backward});
  return {};
}

struct Direction {
  int first;        // its weights, recurrent weights, bias and state
  int aux_weights;  // for the second input
  bool is_backward;
  float* y;
  int64_t stride;
};

void run(const Evaluation& e, const Direction& d) {
  const SimpleCell cell{e.inputs[d.first], e.inputs[d.first + 1], e.inputs[d.first + 2], kFusedActivation(e.node),
                        hybrid_range(e.node)};
  const bool adds = e.has(d.aux_weights);
  const InputOperand& x = e.inputs[d.is_backward && !adds && e.has(kAux) ? kAux : kInput];
  const Sequence sequence(x.shape(), kTimeMajor(e.node));
  float* state = e.inputs[d.first + 3].state<float>();
  for (int64_t b = 0; b < sequence.batches; ++b) {
    for (int64_t t = 0; t < sequence.steps; ++t) {
      const int64_t row = sequence.row(b, d.is_backward ? sequence.steps - 1 - t : t);
      const float* z = adds ? e.inputs[kAux].as<float>() + row * e.inputs[kAux].shape()[2] : nullptr;
      const SimpleCell::Second second{adds ? &e.inputs[d.aux_weights] : nullptr, z};
      cell.step(x.as<float>() + row * cell.inputs(), state + b * cell.units(), d.y + row * d.stride, second);
    }
  }
}

Status evaluate(const Evaluation& e) {
  const bool merges = kMerge(e.node);
  const OutputOperand &first = e.outputs[0], &second = e.outputs[merges ? 0 : 1];
  const int64_t offset = merges ? e.inputs[kForward].shape()[0] : 0;
  run(e, {kForward, kForwardAux, false, first.as<float>(), first.shape()[2]});
  run(e, {kBackward, kBackwardAux, true, second.as<float>() + offset, second.shape()[2]});
  return {};
}

int64_t macs(const NodeView& view) {
  int64_t row = 0;
  for (const int i : {int{kForward}, kForward + 1, int{kBackward}, kBackward + 1, int{kForwardAux}, int{kBackwardAux}})
    row += view.has_input(i) ? view.input(i).shape.elements() : 0;
  return view.input(kInput).shape[0] * view.input(kInput).shape[1] * row;
}

std::vector<DTypeSet> row(DTypeSet w) { return {kF32, w, w, kF32, kF32, w, w, kF32, kF32, kF32, w, w}; }

}  // namespace

const OpDef& op_bidirectional_sequence_rnn() {
  static const OpDef def = [] {
    OpDef rnn = simple_cell_operator("BIDIRECTIONAL_SEQUENCE_RNN", 46);
    rnn.options_record = "BidirectionalSequenceRNNOptions";
    rnn.summary = "y[b,t] = (h of a cell over t in order, h of another over t from the last to the first)";
    rnn.inputs = {{"input"},
                  {"fw_input_weights"},
                  {"fw_recurrent_weights"},
                  {"fw_bias"},
                  {"fw_hidden_state", OperandDef::kRequired, true},
                  {"bw_input_weights"},
                  {"bw_recurrent_weights"},
                  {"bw_bias"},
                  {"bw_hidden_state", OperandDef::kRequired, true},
                  {"aux_input", OperandDef::kOptional},
                  {"fw_aux_input_weights", OperandDef::kOptional},
                  {"bw_aux_input_weights", OperandDef::kOptional}};
    rnn.outputs = {{"fw_output"}, {"bw_output", OperandDef::kOptional}};
    rnn.options = {kTimeMajor.info(), kFusedActivation.info(), kMerge.info(), kAsymmetricInputs.info()};
    // Not for TFLite's hybrid kernel, which is wrong over time.
    const OperandRule w = weight_rule(-1);
    rnn.quantization = {.inputs = {kNoRule, w, w, kNoRule, kNoRule, w, w, kNoRule, kNoRule, kNoRule, w, w}};
    rnn.types = {{"float32", row(kF32), {kF32}, 1}, {"hybrid", row(kI8), {kF32}, 2}};
    rnn.infer = infer;
    rnn.evaluate = evaluate;
    rnn.macs = macs;
    return rnn;
  }();
  return def;
}

}  // namespace pestle::ops
