// One step of a float LSTM cell, with float32 or int8 weights. docs/semantics.md#lstm
#pragma once

#include "ops/core/lstm.h"

namespace pestle::ops {

class FloatLstm {
 public:
  FloatLstm(const Evaluation& e, const LstmPlaces& places);

  // Reads and replaces the states h [outputs] and c [cells]; aux: null if there is no second input.
  void step(const float* x, const float* aux, float* h, float* c) const;

 private:
  struct Sources {
    CellVector x, h;
    std::optional<CellVector> aux;
    const float* c;  // for the peephole
  };
  std::vector<float> gate(LstmGate gate, const Sources& sources) const;
  void normalize(LstmGate gate, std::vector<float>& values) const;
  void add_peephole(LstmGate gate, const float* c, std::vector<float>& values) const;
  void project(const std::vector<float>& values, float* h) const;
  const InputOperand* operand(int place) const { return e_.has(place) ? &e_.inputs[place] : nullptr; }

  const Evaluation& e_;
  LstmPlaces places_;
  LstmExtents extents_;
  HybridRange range_;
  FusedActivation activation_;
};

}  // namespace pestle::ops
