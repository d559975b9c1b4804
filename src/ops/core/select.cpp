#include "ops/core/select.h"

#include <cstring>

namespace pestle::ops {

void select_elements(const Evaluation& e, const SelectSteps& steps) {
  const bool* condition = e.inputs[kSelectCondition].as<bool>();
  const OutputOperand& y = e.outputs[0];
  const size_t size = storage_bytes(y.dtype(), 1);
  std::vector<int64_t> position(y.shape().rank(), 0);
  for (int64_t i = 0; i < y.elements(); ++i) {
    int64_t c = 0, a = 0, b = 0;
    for (size_t axis = 0; axis < position.size(); ++axis) {
      c += position[axis] * steps.condition[axis];
      a += position[axis] * steps.then[axis];
      b += position[axis] * steps.otherwise[axis];
    }
    const std::byte* from = condition[c] ? e.inputs[kSelectThen].data + static_cast<size_t>(a) * size
                                         : e.inputs[kSelectElse].data + static_cast<size_t>(b) * size;
    std::memcpy(y.data + static_cast<size_t>(i) * size, from, size);
    for (int axis = y.shape().rank() - 1; axis >= 0 && ++position[axis] == y.shape()[axis]; --axis) position[axis] = 0;
  }
}

}  // namespace pestle::ops
