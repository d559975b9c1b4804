// UNIDIRECTIONAL_SEQUENCE_RNN
//   h[b] = act(bias + W x[b,t] + R h[b]), y[b,t] = h[b], for t in order; h is state
//   x [B,T,I] or with time_major [T,B,I], W [U,I], R [U,U], bias [U], h [B,U], y like x with U for I.
// With int8 weights, x[b,t] and h[b] are quantized by their own ranges (docs/semantics.md#dynamic-range).
#include "ops/core/recurrent.h"

namespace pestle::ops {
namespace {

enum Operand { kInput, kWeights, kRecurrent, kBias, kState };

Status infer(Inference& in) {
  const Shape& x = in.shape(kInput);
  if (x.rank() != 3) return fail(ErrorCode::kInvalidModel, "the input must have three axes, it has " + to_string(x));
  PESTLE_TRY(check_simple_cell(in, kWeights, x[kTimeMajor(in.node()) ? 1 : 0], x[2]));
  in.set(0, DType::kFloat32, {x[0], x[1], in.shape(kWeights)[0]});
  return {};
}

Status evaluate(const Evaluation& e) {
  const SimpleCell cell{e.inputs[kWeights], e.inputs[kRecurrent], e.inputs[kBias], kFusedActivation(e.node),
                        hybrid_range(e.node)};
  const Sequence sequence(e.inputs[kInput].shape(), kTimeMajor(e.node));
  const float* x = e.inputs[kInput].as<float>();
  float* state = e.inputs[kState].state<float>();
  float* y = e.outputs[0].as<float>();
  for (int64_t b = 0; b < sequence.batches; ++b) {
    for (int64_t t = 0; t < sequence.steps; ++t) {
      const int64_t row = sequence.row(b, t);
      cell.step(x + row * cell.inputs(), state + b * cell.units(), y + row * cell.units());
    }
  }
  return {};
}

}  // namespace

const OpDef& op_unidirectional_sequence_rnn() {
  static const OpDef def = [] {
    OpDef rnn = simple_cell_operator("UNIDIRECTIONAL_SEQUENCE_RNN", 35);
    rnn.options_record = "SequenceRNNOptions";
    rnn.summary = "h[b] = act(bias + W x[b,t] + R h[b]), y[b,t] = h[b]";
    rnn.options.insert(rnn.options.begin(), kTimeMajor.info());
    rnn.infer = infer;
    rnn.evaluate = evaluate;
    return rnn;
  }();
  return def;
}

}  // namespace pestle::ops
