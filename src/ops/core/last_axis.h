// Operators that treat each slice along the last axis by itself (SOFTMAX and its kin).
#pragma once

#include "ops/core/op_def.h"

namespace pestle::ops {

// Calls row(x, y, length) for every slice of input 0 and output 0 along the last axis.
template <typename In, typename Out, typename Row>
void for_each_row(const Evaluation& e, Row row) {
  const In* x = e.inputs[0].as<In>();
  Out* y = e.outputs[0].as<Out>();
  const int64_t total = e.inputs[0].elements();
  const int64_t length = e.inputs[0].shape().back(0);
  for (int64_t at = 0; at < total; at += length) row(x + at, y + at, length);
}

// Layout rule: the last axis must stay where it is.
inline bool keeps_last_axis(LayoutEdit& edit) {
  return edit.permutation().back() == static_cast<int>(edit.permutation().size()) - 1;
}

}  // namespace pestle::ops
