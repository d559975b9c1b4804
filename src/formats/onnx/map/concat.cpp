// Concat -> CONCATENATION. One operand alone is handed on.
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  PESTLE_ASSIGN(const int axis, node.axis(node.integer("axis", 1), node.rank(0)));
  ValueIds parts;
  for (int i = 0; i < node.inputs(); ++i) parts.push_back(node.input(i));
  if (parts.size() == 1) return parts;
  return one(node.emit().emit("CONCATENATION", std::move(parts), {{"axis", axis}}));
}

}  // namespace

const Mapping& map_concat() {
  static const Mapping mapping = {{"Concat"}, 1, map, true};
  return mapping;
}

}  // namespace pestle::formats::onnx
