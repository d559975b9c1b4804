// What operators that keep state from step to step have in common: products of a vector with float or int8 weights,
// the activation of a cell, and checks of operands. docs/semantics.md#recurrent
#pragma once

#include "ops/core/fused_activation.h"
#include "ops/core/hybrid.h"
#include "ops/core/op_def.h"

namespace pestle::ops {

inline constexpr BoolOption kTimeMajor{"time_major", false};

// out[o] += sum over i of w[o,i] * x[i] for float32 weights [outputs, inputs]; for int8 ones x is quantized by its own
// range first.
void add_product(const InputOperand& weights, const float* x, HybridRange range, float* out);

// A fused activation of a float cell, which may be TANH besides the clamps.
float activate(float value, FusedActivation activation);
// An activation that cells apply: all but SIGN_BIT.
Status check_cell_activation(FusedActivation activation);

inline HybridRange hybrid_range(const ir::Node& node) {
  return kAsymmetricInputs(node) ? HybridRange::kAsymmetric : HybridRange::kSymmetric;
}

// An operand of this shape. Extents that are not known yet fit.
Status check_operand_shape(const Inference& in, int operand, const Shape& expected);
// Codes with one usable scale; other types pass.
Status check_one_scale(const ir::Type& type, const char* what);

// One step of a simple recurrent cell for one row: h = act(bias + W x + R h), y = h.
struct SimpleCell {
  const InputOperand& weights;    // [units, inputs]
  const InputOperand& recurrent;  // [units, units]
  const InputOperand& bias;       // [units]
  FusedActivation activation;
  HybridRange range;

  int64_t units() const { return weights.shape()[0]; }
  int64_t inputs() const { return weights.shape()[1]; }
  void step(const float* x, float* state, float* y) const;
};
// The parts that RNN and UNIDIRECTIONAL_SEQUENCE_RNN, which apply it to one row a batch or to a sequence, have in
// common: operands, types, versions, multiply-accumulates.
OpDef simple_cell_operator(const char* name, int code);
// Operands weights, recurrent weights, bias, state from `first` on, for `batches` rows of `length` values.
Status check_simple_cell(const Inference& in, int first, int64_t batches, int64_t length);

}  // namespace pestle::ops
