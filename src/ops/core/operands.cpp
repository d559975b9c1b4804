#include "ops/core/operands.h"

namespace pestle::ops {

std::optional<std::vector<int64_t>> Inference::ints(int i) const {
  if (!is_known(i)) return std::nullopt;
  const ir::Type& operand = type(i);
  const auto elements = checked_elements(operand.shape);
  if (!elements) return std::nullopt;
  return to_int64s({operand.dtype, operand.shape, {inputs_[i].data, storage_bytes(operand.dtype, *elements)}});
}

}  // namespace pestle::ops
