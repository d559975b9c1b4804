// Elementwise operators of one operand.
#pragma once

#include "ops/core/op_def.h"

namespace pestle::ops {

// The output has the input's element type and shape.
inline Status infer_unary(Inference& in) {
  in.set(0, in.dtype(0), in.shape(0));
  return {};
}

// What they have in common: arity, a row for float32, traits, inference and layout. The caller adds summary and
// reference, and what else the operator has.
OpDef unary_operator(const char* name, int code);
// Operand and result have ranges of their own; TFLite's int16 kernels of such operators want zero points 0.
QuantRule unary_quantization(bool int16);

// y[i] = f(x[i]).
template <typename T, typename Y = T, typename F>
void map_unary(const Evaluation& e, F f) {
  const T* x = e.inputs[0].as<T>();
  Y* y = e.outputs[0].as<Y>();
  const int64_t count = e.outputs[0].elements();
  for (int64_t i = 0; i < count; ++i) y[i] = f(x[i]);
}

}  // namespace pestle::ops
