// What LSTM, GRU and RNN share: layouts, directions, lengths of sequences, states to start with. A cell says what it
// computes for whole sequences beforehand, and what one step does.
//
// Within: sequences [steps, batch, n], states and parts of sequences [1, batch, n].
#pragma once

#include "formats/onnx/cell_activation.h"

namespace pestle::formats::onnx {

// The parameters of one direction; the gates one after another.
struct CellWeights {
  ValueId input = ir::kNoValue;                                  // [gates * hidden, n]
  ValueId state = ir::kNoValue;                                  // [gates * hidden, hidden]
  ValueId input_bias = ir::kNoValue, state_bias = ir::kNoValue;  // [gates * hidden] both, or neither
  ValueId peepholes = ir::kNoValue;                              // [3 * hidden], or none
  std::vector<CellActivation> activations;
};
struct Prepared {
  ValueIds sequences;  // parts of which a step gets
  ValueIds constants;  // which a step gets as they are; kNoValue stays
};
struct CellStep {
  Formula& f;
  const std::vector<CellActivation>& activations;
  ValueIds parts, constants, state;
};
struct Cell {
  int64_t gates = 1;
  int states = 1;
  std::vector<const char*> activations;  // by default
  int64_t operators = 0;                 // of a step, about
  Prepared (*prepare)(NodeContext& node, Formula& f, const CellWeights& weights, ValueId sequence) = nullptr;
  // The next state; its first value is the output.
  ValueIds (*step)(NodeContext& node, const CellStep& step) = nullptr;
};

Result<ValueIds> map_recurrent(NodeContext& node, const Cell& cell);

// x * w' (+ bias), along the last axis.
ValueId project(Formula& f, ValueId x, ValueId w, ValueId bias = ir::kNoValue);
// input_bias + state_bias, or kNoValue.
ValueId whole_bias(Formula& f, const CellWeights& weights);
// Equal parts of the last axis.
ValueIds split(Formula& f, ValueId x, int64_t count);

}  // namespace pestle::formats::onnx
