// CastLike -> CAST to the element type of the second operand.
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) { return one(node.emit().cast(node.input(0), node.dtype(1))); }

}  // namespace

const Mapping& map_cast_like() {
  static const Mapping mapping = {{"CastLike"}, 2, map, true};
  return mapping;
}

}  // namespace pestle::formats::onnx
