// LSTM: one step.
//   i, f, o = sigmoid(W x[b] + R h[b] + P c[b] + bias), g = act(W x[b] + R h[b] + bias)
//   c[b] = f c[b] + i g, h[b] = o act(c[b]) or a projection of that, y[b] = h[b]; h and c are state
//   x [B,I], W [C,I], R [C,O], P [C], h [B,O], c [B,C], y [B,O].
// With layer norm each gate is normalized before its bias is added. With int8 weights, x[b] and h[b] are quantized by
// their own ranges; in int8, gates and c are int16 (docs/semantics.md#lstm). Nodes of the kernel BASIC are
// another form (core/lstm_basic.h). Not here: the integer form with 12 intermediates, which no converter writes.
#include "ops/core/lstm.h"

#include "ops/core/lstm_basic.h"

namespace pestle::ops {
namespace {

constexpr LstmPlaces kPlaces;

Status infer(Inference& in) {
  const Shape& x = in.shape(kPlaces.x);
  if (x.rank() != 2) return fail(ErrorCode::kInvalidModel, "the input must have two axes, it has " + to_string(x));
  if (in.shape(kPlaces.recurrent(kOutputGate)).rank() != 2)
    return fail(ErrorCode::kInvalidModel, "recurrent weights must have two axes");
  PESTLE_TRY(check_lstm(in, kPlaces, {.batches = x[0], .length = x[1]}));
  in.set(0, in.dtype(kPlaces.x), {x[0], in.shape(kPlaces.hidden())[1]});
  return {};
}

Status evaluate(const Evaluation& e) {
  run_lstm(e, {.places = kPlaces,
               .sequence = Sequence(e.inputs[kPlaces.x].shape(), false),
               .rows_together = true,
               .y = e.outputs[0].data,
               .stride = e.outputs[0].shape().back(0)});
  return {};
}

int64_t macs(const NodeView& view) { return view.input(kPlaces.x).shape[0] * lstm_macs(view, kPlaces); }

int version(const NodeView& view, int row_version) {
  if (row_version != 2) return row_version;
  return kAsymmetricInputs(view.node()) ? 4 : 3;
}

}  // namespace

const OpDef& op_lstm() {
  static const OpDef def = [] {
    OpDef lstm = lstm_operator("LSTM", 16);
    lstm.options_record = "LSTMOptions";
    lstm.options.push_back(kLstmKernel.info());
    lstm.forms = {&lstm_basic()};
    lstm.infer = infer;
    lstm.evaluate = evaluate;
    lstm.macs = macs;
    lstm.version = version;
    return lstm;
  }();
  return def;
}

}  // namespace pestle::ops
