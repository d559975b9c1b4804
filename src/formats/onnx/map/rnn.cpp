// RNN: h' = f(x W' + h R' + bias), the first product for the whole sequence beforehand.
#include "formats/onnx/recurrent.h"

namespace pestle::formats::onnx {
namespace {

Prepared prepare(NodeContext&, Formula& f, const CellWeights& weights, ValueId sequence) {
  return {{project(f, sequence, weights.input, whole_bias(f, weights))}, {weights.state}};
}

ValueIds step(NodeContext&, const CellStep& s) {
  const ValueId sum = s.f.add(s.parts[0], project(s.f, s.state[0], s.constants[0]));
  return {activate(s.f, s.activations[0], sum)};
}

Result<ValueIds> map(NodeContext& node) {
  static const Cell cell = {1, 1, {"Tanh"}, 4, prepare, step};
  return map_recurrent(node, cell);
}

}  // namespace

const Mapping& map_rnn() {
  static const Mapping mapping = {{"RNN"}, 3, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
