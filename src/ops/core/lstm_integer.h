// One step of an integer LSTM cell: int8 input, weights and hidden state, int16 gates and cell state.
// docs/semantics.md#lstm
#pragma once

#include "base/fixed_point.h"
#include "ops/core/lstm.h"

namespace pestle::ops {

// Whether the operands and intermediates have scales that the integer cell can use.
Status check_integer_lstm(const Inference& in, const LstmPlaces& places);

class IntegerLstm {
 public:
  IntegerLstm(const Evaluation& e, const LstmPlaces& places);

  // Row `row` of `rows` that TFLite's kernel computes at once; replaces h [outputs] and c [cells].
  struct Row {
    int64_t row = 0, rows = 1;
  };
  void step(const int8_t* x, int8_t* h, int16_t* c, Row row) const;

 private:
  struct Product {  // sat16(M(bias - z sum w + sum w x))
    const int8_t* weights = nullptr;
    std::vector<int32_t> bias;
    FixedMultiplier multiplier;

    int32_t operator()(const int8_t* x, int64_t length, int64_t o) const;
  };
  struct Gate {
    bool present = false;
    Product input, recurrent;
    const int16_t* peephole = nullptr;
    FixedMultiplier peephole_multiplier;
    const int16_t* norm = nullptr;
    const int32_t* norm_bias = nullptr;
    FixedMultiplier norm_multiplier;
    int32_t least_variance = 1;
  };
  Gate make_gate(LstmGate gate) const;
  Product make_product(int weights, const InputOperand& x, const InputOperand* bias, float target) const;
  std::vector<int16_t> sums(const Gate& gate, const int8_t* x, const int8_t* h) const;
  void add_peephole(const Gate& gate, const int16_t* c, Row row, std::vector<int16_t>& values) const;
  void normalize(const Gate& gate, std::vector<int16_t>& values) const;
  std::vector<int16_t> evaluate(LstmGate gate, const int8_t* x, const int8_t* h, const int16_t* c, Row row) const;
  void update_cell(const std::vector<int16_t> (&gates)[3], int16_t* c) const;
  void output(const std::vector<int16_t>& gate, const int16_t* c, int8_t* h) const;
  const InputOperand* operand(int place) const { return e_.has(place) ? &e_.inputs[place] : nullptr; }

  const Evaluation& e_;
  LstmPlaces places_;
  LstmExtents extents_;
  int cell_exponent_ = -12;  // c is in steps of 2^cell_exponent_
  int16_t cell_clip_ = 0;
  int8_t projection_clip_ = 0;
  int32_t hidden_zero_ = 0;
  FixedMultiplier hidden_multiplier_;
  Product projection_;
  Gate gates_[4];
};

}  // namespace pestle::ops
