// Identity, and Dropout as it is at inference -> nothing. Its mask is all true.
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  if (!node.wants_output(1)) return ValueIds{node.input(0)};
  const Shape& shape = node.shape(0);
  if (!shape.is_static()) return unsupported("its mask has a size that is known only while the model runs");
  PESTLE_TRY(check_affordable(shape.elements()));
  const std::vector<std::byte> kept(static_cast<size_t>(shape.elements()), std::byte{1});
  return ValueIds{node.input(0), node.emit().constant({DType::kBool, shape, kept})};
}

}  // namespace

const Mapping& map_identity() {
  static const Mapping mapping = {{"Identity", "Dropout"}, 1, map, true};
  return mapping;
}

}  // namespace pestle::formats::onnx
