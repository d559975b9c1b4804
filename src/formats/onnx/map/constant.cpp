// Constant -> a constant.
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

template <typename T>
ValueId of_list(Emitter& emit, const std::vector<T>& values, bool is_scalar) {
  const Shape shape = is_scalar ? Shape{} : Shape{static_cast<int64_t>(values.size())};
  return emit.constant({pestle::dtype_of<T>(), shape, std::as_bytes(std::span<const T>(values))});
}

Result<ValueIds> map(NodeContext& node) {
  Emitter& emit = node.emit();
  if (node.has_attribute("value")) {
    const codec::OnnxTensor* tensor = node.tensor("value");
    if (tensor == nullptr) return ValueIds{};  // of the wrong kind: reported by the caller
    return one(add_constant(emit.graph(), emit.source(), *tensor));
  }
  if (node.has_attribute("value_float")) return ValueIds{of_list<float>(emit, {node.number("value_float", 0)}, true)};
  if (node.has_attribute("value_int")) return ValueIds{of_list<int64_t>(emit, {node.integer("value_int", 0)}, true)};
  if (node.has_attribute("value_floats")) return ValueIds{of_list(emit, node.numbers("value_floats"), false)};
  if (node.has_attribute("value_ints")) return ValueIds{of_list(emit, node.integers("value_ints"), false)};
  return unsupported("holds strings or a sparse tensor");
}

}  // namespace

const Mapping& map_constant() {
  static const Mapping mapping = {{"Constant"}, 0, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
