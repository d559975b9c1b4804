// ConstantOfShape -> a constant full of one value (default: float 0).
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  PESTLE_ASSIGN(const auto extents, node.ints(0, "shape"));
  const Shape shape(extents);
  const auto elements = checked_elements(shape);
  Emitter& emit = node.emit();
  ValueId element = emit.number(0);
  if (const codec::OnnxTensor* tensor = node.tensor("value")) {
    PESTLE_ASSIGN(element, add_constant(emit.graph(), emit.source(), *tensor));
  }
  const DType dtype = emit.value(element).type.dtype;
  const size_t size = storage_bytes(dtype, 1);
  if (!elements || *elements > static_cast<int64_t>(ops::kFoldLimit / std::max<size_t>(size, 1)))
    return unsupported("makes an absurdly large constant");
  const auto one_element = emit.graph().constant(element).bytes;
  if (is_packed(dtype) || one_element.size() != size) return unsupported("its value is no single number");
  std::vector<std::byte> bytes;
  bytes.reserve(size * *elements);
  for (int64_t i = 0; i < *elements; ++i) bytes.insert(bytes.end(), one_element.begin(), one_element.end());
  return ValueIds{emit.constant({dtype, shape, bytes})};
}

}  // namespace

const Mapping& map_constant_of_shape() {
  static const Mapping mapping = {{"ConstantOfShape"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
