// Gelu -> GELU, exact or by tanh.
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  const bool by_tanh = node.text("approximate", "none") == "tanh";
  return one(node.emit().emit("GELU", {node.input(0)}, {{"approximate", by_tanh}}));
}

}  // namespace

const Mapping& map_gelu() {
  static const Mapping mapping = {{"Gelu", "com.microsoft.Gelu"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
