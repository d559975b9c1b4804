// Unsqueeze -> RESHAPE with extents of 1 put in. Axes count in the result; an operand from opset 13 on.
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  PESTLE_ASSIGN(const auto given, node.integers_by_opset("axes", 1, 13));
  if (!given) return fail(ErrorCode::kInvalidModel, "names no axes");
  const int rank = node.rank(0) + static_cast<int>(given->size());
  PESTLE_ASSIGN(const auto axes, node.axes(*given, rank));
  Shape shape(std::vector<int64_t>(rank, 0));
  for (int64_t axis : axes) shape[static_cast<int>(axis)] = 1;
  int from = 0;
  for (int axis = 0; axis < rank; ++axis) {
    const bool is_new = std::find(axes.begin(), axes.end(), axis) != axes.end();
    if (!is_new) shape[axis] = node.shape(0)[from++];
  }
  return one(node.emit().reshape(node.input(0), shape));
}

}  // namespace

const Mapping& map_unsqueeze() {
  static const Mapping mapping = {{"Unsqueeze"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
