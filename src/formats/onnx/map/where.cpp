// Where -> SELECT_V2.
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  return one(node.emit().emit("SELECT_V2", {node.input(0), node.input(1), node.input(2)}));
}

}  // namespace

const Mapping& map_where() {
  static const Mapping mapping = {{"Where"}, 3, map, true};
  return mapping;
}

}  // namespace pestle::formats::onnx
