// Elementwise operators of one operand.
#pragma once

#include "ops/core/operands.h"

namespace pestle::ops {

// The output has the input's element type and shape.
inline Status infer_unary(Inference& in) {
  in.set(0, in.dtype(0), in.shape(0));
  return {};
}

// y[i] = f(x[i]).
template <typename T, typename Y = T, typename F>
void map_unary(const Evaluation& e, F f) {
  const T* x = e.inputs[0].as<T>();
  Y* y = e.outputs[0].as<Y>();
  const int64_t count = e.outputs[0].elements();
  for (int64_t i = 0; i < count; ++i) y[i] = f(x[i]);
}

}  // namespace pestle::ops
