// Expand -> BROADCAST_TO the shape that input and operand have together (an extent of 1 in the operand keeps the
// input's).
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  PESTLE_ASSIGN(const auto wanted, node.ints(1, "shape"));
  const auto shape = broadcast(node.shape(0), Shape(wanted));
  if (!shape || !shape->is_static() || !checked_elements(*shape))
    return fail(ErrorCode::kInvalidModel, "its input does not broadcast to its shape");
  if (*shape == node.shape(0)) return ValueIds{node.input(0)};
  return one(node.emit().emit("BROADCAST_TO", {node.input(0), node.emit().ints(shape->dims())}));
}

}  // namespace

const Mapping& map_expand() {
  static const Mapping mapping = {{"Expand"}, 2, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
