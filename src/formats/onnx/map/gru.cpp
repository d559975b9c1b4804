// GRU, gates z, r, n:
//   z = f(x Wz' + h Rz' + bz),  r = f(x Wr' + h Rr' + br),  h' = (1 - z) n + z h = n + z (h - n)
//   n = g(x Wn' + (r h) Rn' + bn), or with linear_before_reset g(x Wn' + bn + r (h Rn' + cn))
// The products with x are taken for the whole sequence beforehand.
#include "formats/onnx/recurrent.h"

namespace pestle::formats::onnx {
namespace {

bool resets_afterwards(NodeContext& node) { return node.integer("linear_before_reset", 0) != 0; }

// All gates have one product with h; of its biases only n's cannot be added beforehand.
Prepared prepare_linear(Formula& f, const CellWeights& weights, ValueId sequence) {
  ValueId before = ir::kNoValue, after = ir::kNoValue;
  if (weights.input_bias != ir::kNoValue) {
    const int64_t hidden = f.shape(weights.state_bias)[0] / 3;
    const ValueId zeros = f.emit().floats({hidden}, std::vector<float>(hidden, 0.0f));
    const ValueId more_zeros = f.emit().floats({2 * hidden}, std::vector<float>(2 * hidden, 0.0f));
    const ValueId early = f.concat({f.slice(weights.state_bias, 0, 0, 2 * hidden), zeros}, 0);
    before = f.add(weights.input_bias, early);
    after = f.concat({more_zeros, f.slice(weights.state_bias, 0, 2 * hidden, hidden)}, 0);
  }
  return {{project(f, sequence, weights.input, before)}, {weights.state, after}};
}

Prepared prepare(NodeContext& node, Formula& f, const CellWeights& weights, ValueId sequence) {
  if (resets_afterwards(node)) return prepare_linear(f, weights, sequence);
  if (f.failed()) return {};
  const int64_t hidden = f.shape(weights.state)[0] / 3;
  const ValueId bias = whole_bias(f, weights);
  const auto part = [&](ValueId x, int64_t gate, int64_t count) {
    return x == ir::kNoValue ? x : f.slice(x, 0, gate * hidden, count * hidden);
  };
  return {{project(f, sequence, part(weights.input, 0, 2), part(bias, 0, 2)),
           project(f, sequence, part(weights.input, 2, 1), part(bias, 2, 1))},
          {part(weights.state, 0, 2), part(weights.state, 2, 1)}};
}

ValueIds blend(Formula& f, ValueId z, ValueId n, ValueId h) { return {f.add(n, f.mul(z, f.sub(h, n)))}; }

ValueIds step(NodeContext& node, const CellStep& s) {
  Formula& f = s.f;
  const ValueId h = s.state[0];
  const CellActivation &gate = s.activations[0], &candidate = s.activations[1];
  if (resets_afterwards(node)) {
    const ValueIds x = split(f, s.parts[0], 3), y = split(f, project(f, h, s.constants[0], s.constants[1]), 3);
    const ValueId z = activate(f, gate, f.add(x[0], y[0])), r = activate(f, gate, f.add(x[1], y[1]));
    return blend(f, z, activate(f, candidate, f.add(x[2], f.mul(r, y[2]))), h);
  }
  const ValueIds gates = split(f, activate(f, gate, f.add(s.parts[0], project(f, h, s.constants[0]))), 2);
  const ValueId reset = project(f, f.mul(gates[1], h), s.constants[1]);
  return blend(f, gates[0], activate(f, candidate, f.add(s.parts[1], reset)), h);
}

Result<ValueIds> map(NodeContext& node) {
  static const Cell cell = {3, 1, {"Sigmoid", "Tanh"}, 14, prepare, step};
  return map_recurrent(node, cell);
}

}  // namespace

const Mapping& map_gru() {
  static const Mapping mapping = {{"GRU"}, 3, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
