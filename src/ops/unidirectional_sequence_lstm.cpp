// UNIDIRECTIONAL_SEQUENCE_LSTM
//   i, f, o = sigmoid(W x[b,t] + R h[b] + P c[b] + bias), g = act(W x[b,t] + R h[b] + bias)
//   c[b] = f c[b] + i g, h[b] = o act(c[b]) or a projection of that, y[b,t] = h[b], for t in order; h and c are state
//   x [B,T,I] or with time_major [T,B,I], W [C,I], R [C,O] (or a diagonal [C]), P [C], h [B,O], c [B,C], y [B,T,O].
// With layer norm each gate is normalized before its bias is added. With int8 weights, x[b,t] and h[b] are quantized by
// their own ranges; in int8, gates and c are int16 (docs/semantics.md#lstm).
#include "ops/core/lstm.h"

namespace pestle::ops {
namespace {

constexpr BoolOption kDiagonal{"diagonal_recurrent_tensors", false};
constexpr LstmPlaces kPlaces;

Status infer(Inference& in) {
  const Shape& x = in.shape(kPlaces.x);
  if (x.rank() != 3) return fail(ErrorCode::kInvalidModel, "the input must have three axes, it has " + to_string(x));
  PESTLE_TRY(check_lstm(in, kPlaces, {.batches = x[kTimeMajor(in.node()) ? 1 : 0], .length = x[2]}));
  in.set(0, in.dtype(kPlaces.x), {x[0], x[1], in.shape(kPlaces.hidden())[1]});
  return {};
}

Status evaluate(const Evaluation& e) {
  const bool time_major = kTimeMajor(e.node);
  run_lstm(e, {.places = kPlaces,
               .sequence = Sequence(e.inputs[kPlaces.x].shape(), time_major),
               .rows_together = time_major,
               .y = e.outputs[0].data,
               .stride = e.outputs[0].shape().back(0)});
  return {};
}

int64_t macs(const NodeView& view) {
  const Shape& x = view.input(kPlaces.x).shape;
  return x[0] * x[1] * lstm_macs(view, kPlaces);
}

int version(const NodeView& view, int row_version) {
  if (kDiagonal(view.node())) return 4;
  return row_version == 2 && kAsymmetricInputs(view.node()) ? 3 : row_version;
}

}  // namespace

const OpDef& op_unidirectional_sequence_lstm() {
  static const OpDef def = [] {
    OpDef lstm = lstm_operator("UNIDIRECTIONAL_SEQUENCE_LSTM", 44);
    lstm.options_record = "UnidirectionalSequenceLSTMOptions";
    lstm.options.push_back(kTimeMajor.info());
    lstm.options.push_back(kDiagonal.info());
    lstm.infer = infer;
    lstm.evaluate = evaluate;
    lstm.macs = macs;
    lstm.version = version;
    return lstm;
  }();
  return def;
}

}  // namespace pestle::ops
