// What the LSTM operators (LSTM, UNIDIRECTIONAL_SEQUENCE_LSTM, BIDIRECTIONAL_SEQUENCE_LSTM) have in common: where the
// operands of a cell are, their checks, and the walk over a sequence. The arithmetic of one step is in lstm_float.h and
// lstm_integer.h. Gates come in the order input, forget, cell, output; one whose weights are absent from the input gate
// is 1 - forget ("CIFG"). docs/semantics.md#lstm
#pragma once

#include <optional>

#include "ops/core/recurrent.h"

namespace pestle::ops {

inline constexpr FloatOption kCellClip{"cell_clip", 0.0f};
inline constexpr FloatOption kProjectionClip{"proj_clip", 0.0f};

// How many intermediates the integer cell has: what goes into the four gates, and the hidden value.
inline constexpr size_t kLstmIntermediates = 5;

enum LstmGate : uint8_t { kInputGate, kForgetGate, kCellGate, kOutputGate };
inline constexpr LstmGate kLstmGates[] = {kInputGate, kForgetGate, kCellGate, kOutputGate};

// Positions of the operands of one cell among those of its node; -1: there are none of the kind.
struct LstmPlaces {
  int x = 0;
  int weights = 1;       // from here: W of the four gates, R of the four, peephole of three, biases, projection
  int state = 18;        // h, and c behind it
  int layer_norm = 20;   // coefficients of the four gates
  int aux = -1;          // a second input, and
  int aux_weights = -1;  // its weights for the four gates

  int input(LstmGate gate) const { return weights + gate; }
  int recurrent(LstmGate gate) const { return weights + 4 + gate; }
  int peephole(LstmGate gate) const;  // -1 for the cell gate
  int bias(LstmGate gate) const { return weights + 11 + gate; }
  int projection() const { return weights + 15; }
  int projection_bias() const { return weights + 16; }
  int norm(LstmGate gate) const { return layer_norm < 0 ? -1 : layer_norm + gate; }
  int aux_input(LstmGate gate) const { return aux_weights < 0 ? -1 : aux_weights + gate; }
  int hidden() const { return state; }
  int cell() const { return state + 1; }
};

struct LstmExtents {
  int64_t inputs = 0, cells = 0, outputs = 0;
};
// From the weights of the output gate.
LstmExtents lstm_extents(const Shape& weights, const Shape& recurrent);

// All operands of a cell that is fed with `batches` rows as long as operand x of `places`; `aux_length`: that of the
// second input, 0 if there is none.
struct LstmFeed {
  int64_t batches = 0;
  int64_t length = 0;
  int64_t aux_length = 0;
};
Status check_lstm(const Inference& in, const LstmPlaces& places, const LstmFeed& feed);

// One cell over a sequence: results go to y[row * stride].
struct LstmRun {
  LstmPlaces places = {};
  Sequence sequence;
  bool is_backward = false;
  bool rows_together = false;  // TFLite's kernel takes the rows of a step at once
  std::byte* y = nullptr;
  int64_t stride = 0;
};
void run_lstm(const Evaluation& e, const LstmRun& run);

// Operands, types and options of LSTM and UNIDIRECTIONAL_SEQUENCE_LSTM.
OpDef lstm_operator(const char* name, int code);
// Their quantization rule (docs/semantics.md#lstm).
QuantRule lstm_rule();
// The operands of one cell from the weights of the input gate on: 17 of them, named with a prefix.
void append_lstm_operands(std::vector<OperandDef>& operands, const char* const (&names)[17]);
// Multiply-accumulates of one row.
int64_t lstm_macs(const NodeView& view, const LstmPlaces& places);

}  // namespace pestle::ops
