// Identity, and Dropout as it is at inference -> nothing. A mask that is asked for would be all true.
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) { return ValueIds{node.input(0)}; }

}  // namespace

const Mapping& map_identity() {
  static const Mapping mapping = {{"Identity", "Dropout"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
