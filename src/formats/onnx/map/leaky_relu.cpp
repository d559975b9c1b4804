// LeakyRelu -> LEAKY_RELU.
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  const double alpha = node.number("alpha", 0.01f);
  return one(node.emit().emit("LEAKY_RELU", {node.input(0)}, {{"alpha", alpha}}));
}

}  // namespace

const Mapping& map_leaky_relu() {
  static const Mapping mapping = {{"LeakyRelu"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
