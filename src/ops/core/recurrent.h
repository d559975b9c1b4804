// What operators that keep state from step to step have in common: products of a vector with float or int8 weights,
// the activation of a cell, and checks of operands. docs/semantics.md#recurrent
#pragma once

#include "ops/core/fused_activation.h"
#include "ops/core/hybrid.h"
#include "ops/core/op_def.h"

namespace pestle::ops {

inline constexpr BoolOption kTimeMajor{"time_major", false};

// A vector that meets several weights: its codes for int8 ones, by its own range, are made once.
class CellVector {
 public:
  CellVector(const float* values, int64_t length, HybridRange range)
      : values_(values), length_(length), range_(range) {}
  const float* values() const { return values_; }
  const HybridRows& codes() const {
    if (codes_.scales.empty()) codes_ = quantize_rows({values_, 1, length_}, range_);
    return codes_;
  }

 private:
  const float* values_;
  int64_t length_;
  HybridRange range_;
  mutable HybridRows codes_;
};

// out[o] += sum over i of w[o,i] * x[i] for float32 weights [outputs, inputs] or int8 ones; out[o] += w[o] * x[o] for
// float32 weights [outputs], the diagonal of a matrix.
void add_product(const InputOperand& weights, const CellVector& x, float* out);
inline void add_product(const InputOperand& weights, const float* x, HybridRange range, float* out) {
  add_product(weights, CellVector(x, weights.shape().back(0), range), out);
}

// A fused activation of a float cell, which may be TANH besides the clamps.
float activate(float value, FusedActivation activation);
// An activation that cells apply: all but SIGN_BIT.
Status check_cell_activation(FusedActivation activation);

inline HybridRange hybrid_range(const ir::Node& node) {
  return kAsymmetricInputs(node) ? HybridRange::kAsymmetric : HybridRange::kSymmetric;
}

// An operand of this shape. Extents that are not known yet fit.
Status check_operand_shape(const Inference& in, int operand, const Shape& expected);
// What a sequence [B,T,...], or with `time_major` [T,B,...], or one step [B,...] is walked by.
struct Sequence {
  int64_t batches = 0;
  int64_t steps = 1;
  bool time_major = false;

  Sequence(const Shape& shape, bool time_major);
  int64_t row(int64_t batch, int64_t step) const { return time_major ? step * batches + batch : batch * steps + step; }
};

// Codes with one usable scale; other types pass.
Status check_one_scale(const ir::Type& type, const char* what);

// One step of a simple recurrent cell for one row: h = act(bias + W x + R h), y = h.
struct SimpleCell {
  const InputOperand& weights;    // [units, inputs]
  const InputOperand& recurrent;  // [units, units]
  const InputOperand& bias;       // [units]
  FusedActivation activation;
  HybridRange range;

  // A second input z with weights of its own, whose product is added behind that of x; null: none.
  struct Second {
    const InputOperand* weights = nullptr;
    const float* z = nullptr;
  };

  int64_t units() const { return weights.shape()[0]; }
  int64_t inputs() const { return weights.shape()[1]; }
  void step(const float* x, float* state, float* y, Second second = {nullptr, nullptr}) const;
};
// The parts that RNN and the operators that apply its cell to a sequence have in common: operands, types, versions,
// multiply-accumulates.
OpDef simple_cell_operator(const char* name, int code);
// Operands weights, recurrent weights, bias, state from `first` on, for `batches` rows of `length` values.
Status check_simple_cell(const Inference& in, int first, int64_t batches, int64_t length);

}  // namespace pestle::ops
