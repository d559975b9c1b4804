// LSTM, gates i, o, f, c; peepholes Pi, Po, Pf where there are some:
//   i = f(x Wi' + h Ri' + Pi c + bi),  f = f(x Wf' + h Rf' + Pf c + bf), or 1 - i with input_forget
//   c' = f c + i g(x Wc' + h Rc' + bc),  o = f(x Wo' + h Ro' + Po c' + bo),  h' = o h(c')
// The products with x are taken for the whole sequence beforehand. Why not TFLite's own operator for whole sequences:
// docs/decisions/0004-recurrent-layers-as-loops.md.
#include "formats/onnx/recurrent.h"

namespace pestle::formats::onnx {
namespace {

Prepared prepare(NodeContext&, Formula& f, const CellWeights& weights, ValueId sequence) {
  Prepared prepared{{project(f, sequence, weights.input, whole_bias(f, weights))}, {weights.state}};
  if (weights.peepholes == ir::kNoValue) return prepared;
  const int64_t hidden = f.shape(weights.peepholes)[0] / 3;
  for (int64_t gate = 0; gate < 3; ++gate)
    prepared.constants.push_back(f.slice(weights.peepholes, 0, gate * hidden, hidden));
  return prepared;
}

ValueIds step(NodeContext& node, const CellStep& s) {
  Formula& f = s.f;
  const ValueId h = s.state[0], c = s.state[1];
  const CellActivation& gate = s.activations[0];
  const ValueIds x = split(f, f.add(s.parts[0], project(f, h, s.constants[0])), 4);
  const auto peeping = [&](ValueId sum, size_t which, ValueId cell) {
    return s.constants.size() == 1 ? sum : f.add(sum, f.mul(s.constants[1 + which], cell));
  };
  const ValueId in = activate(f, gate, peeping(x[0], 0, c));
  const ValueId forget =
      node.integer("input_forget", 0) != 0 ? f.sub(f.number(1), in) : activate(f, gate, peeping(x[2], 2, c));
  const ValueId next = f.add(f.mul(forget, c), f.mul(in, activate(f, s.activations[1], x[3])));
  const ValueId out = activate(f, gate, peeping(x[1], 1, next));
  // The clip is for sums; ONNX Runtime too leaves the cell's state as it is.
  CellActivation last = s.activations[2];
  last.clip = 0;
  return {f.mul(out, activate(f, last, next)), next};
}

Result<ValueIds> map(NodeContext& node) {
  static const Cell cell = {4, 2, {"Sigmoid", "Tanh", "Tanh"}, 13, prepare, step};
  return map_recurrent(node, cell);
}

}  // namespace

const Mapping& map_lstm() {
  static const Mapping mapping = {{"LSTM"}, 3, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
