// Optional, OptionalGetElement, OptionalHasElement of tensors: a tensor that is there is itself.
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  if (node.op_type() == "OptionalHasElement") {
    const std::byte there{static_cast<unsigned char>(node.has(0) ? 1 : 0)};
    return ValueIds{node.emit().constant({DType::kBool, Shape{}, std::span(&there, 1)})};
  }
  if (!node.has(0)) return unsupported("an optional value that is not there");
  return ValueIds{node.input(0)};
}

}  // namespace

const Mapping& map_optional() {
  static const Mapping mapping = {{"Optional", "OptionalGetElement", "OptionalHasElement"}, 0, map, true};
  return mapping;
}

}  // namespace pestle::formats::onnx
