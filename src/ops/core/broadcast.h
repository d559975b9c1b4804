// Walks two operands over a broadcast output. The innermost axes that both operands walk alike are one flat loop.
#pragma once

#include <algorithm>
#include <vector>

#include "base/shape.h"

namespace pestle::ops {

// Steps of an operand over the axes of `out`, 0 where it is repeated.
inline std::vector<int64_t> broadcast_strides(const Shape& operand, const Shape& out) {
  const std::vector<int64_t> own = row_major_strides(operand);
  std::vector<int64_t> strides(out.rank(), 0);
  const int missing = out.rank() - operand.rank();
  for (int axis = 0; axis < operand.rank(); ++axis) {
    if (operand[axis] != 1) strides[axis + missing] = own[axis];
  }
  return strides;
}

// Calls body(out_index, a_index, b_index) for every output element, in order.
template <typename Body>
void for_each_broadcast(const Shape& a, const Shape& b, const Shape& out, Body body) {
  const int64_t total = out.elements();
  if (a == b) {
    for (int64_t i = 0; i < total; ++i) body(i, i, i);
    return;
  }
  const std::vector<int64_t> step_a = broadcast_strides(a, out);
  const std::vector<int64_t> step_b = broadcast_strides(b, out);
  std::vector<int64_t> position(std::max(out.rank(), 1), 0);
  const int last = out.rank() - 1;
  const int64_t inner = last >= 0 ? out[last] : 1;
  int64_t at_a = 0, at_b = 0;
  for (int64_t i = 0; i < total; i += inner) {
    const int64_t sa = last >= 0 ? step_a[last] : 0;
    const int64_t sb = last >= 0 ? step_b[last] : 0;
    for (int64_t k = 0; k < inner; ++k) body(i + k, at_a + k * sa, at_b + k * sb);
    for (int axis = last - 1; axis >= 0; --axis) {
      at_a += step_a[axis];
      at_b += step_b[axis];
      if (++position[axis] < out[axis]) break;
      at_a -= step_a[axis] * out[axis];
      at_b -= step_b[axis] * out[axis];
      position[axis] = 0;
    }
  }
}

}  // namespace pestle::ops
