#include "ops/core/operands.h"

namespace pestle::ops {

std::optional<std::vector<int64_t>> NodeView::ints(int i) const {
  if (!has_input(i)) return std::nullopt;
  const ir::Value& value = input_value(i);
  if (!value.is_constant() || value.sparsity) return std::nullopt;
  if (value.type.dtype != DType::kInt32 && value.type.dtype != DType::kInt64) return std::nullopt;
  return to_int64s(graph_.constant(node_.inputs[i]));
}

std::vector<ir::Type> NodeView::intermediates() const {
  std::vector<ir::Type> types;
  for (ir::ValueId id : node_.intermediates)
    types.push_back(id == ir::kNoValue ? ir::Type{} : graph_.values[id].type);
  return types;
}

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
