#include "ops/core/operands.h"

namespace pestle::ops {

std::optional<ConstTensorView> Inference::contents(int i) const {
  if (!is_known(i)) return std::nullopt;
  const ir::Type& operand = type(i);
  const auto elements = checked_elements(operand.shape);
  if (!elements) return std::nullopt;
  return ConstTensorView{operand.dtype, operand.shape, {inputs_[i].data, storage_bytes(operand.dtype, *elements)}};
}

std::optional<std::vector<int64_t>> Inference::ints(int i) const {
  const auto view = contents(i);
  return view ? std::optional(to_int64s(*view)) : std::nullopt;
}

std::optional<std::vector<float>> Inference::floats(int i) const {
  const auto view = contents(i);
  return view ? std::optional(to_floats(*view)) : std::nullopt;
}

}  // namespace pestle::ops
