// RNN
//   h[b] = act(bias + W x[b] + R h[b]), y = h; h is state
//   x [B,I], W [U,I], R [U,U], bias [U], h and y [B,U].
// With int8 weights, x[b] and h[b] are quantized by their own ranges (docs/semantics.md#dynamic-range).
#include "ops/core/recurrent.h"

namespace pestle::ops {
namespace {

enum Operand { kInput, kWeights, kRecurrent, kBias, kState };

Status infer(Inference& in) {
  const Shape& x = in.shape(kInput);
  if (x.rank() != 2) return fail(ErrorCode::kInvalidModel, "the input must have two axes, it has " + to_string(x));
  PESTLE_TRY(check_simple_cell(in, kWeights, x[0], x[1]));
  in.set(0, DType::kFloat32, {x[0], in.shape(kWeights)[0]});
  return {};
}

Status evaluate(const Evaluation& e) {
  const SimpleCell cell{e.inputs[kWeights], e.inputs[kRecurrent], e.inputs[kBias], kFusedActivation(e.node),
                        hybrid_range(e.node)};
  const float* x = e.inputs[kInput].as<float>();
  float* state = e.inputs[kState].state<float>();
  float* y = e.outputs[0].as<float>();
  for (int64_t b = 0; b < e.inputs[kInput].shape()[0]; ++b)
    cell.step(x + b * cell.inputs(), state + b * cell.units(), y + b * cell.units());
  return {};
}

}  // namespace

const OpDef& op_rnn() {
  static const OpDef def = [] {
    OpDef rnn = simple_cell_operator("RNN", 24);
    rnn.options_record = "RNNOptions";
    rnn.summary = "h[b] = act(bias + W x[b] + R h[b]), y = h";
    rnn.infer = infer;
    rnn.evaluate = evaluate;
    return rnn;
  }();
  return def;
}

}  // namespace pestle::ops
