// Squeeze -> RESHAPE without the named axes (all of extent 1 where none are named). An operand from opset 13 on.
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  const Shape& from = node.shape(0);
  PESTLE_ASSIGN(const auto given, node.integers_by_opset("axes", 1, 13));
  PESTLE_ASSIGN(const auto axes, node.axes(given.value_or(std::vector<int64_t>{}), from.rank()));
  Shape to;
  for (int axis = 0; axis < from.rank(); ++axis) {
    const bool is_named = std::find(axes.begin(), axes.end(), axis) != axes.end();
    if (is_named && from[axis] != 1) return fail(ErrorCode::kInvalidModel, "removes an axis that is not 1 long");
    const bool goes = given ? is_named : from[axis] == 1;
    if (!goes) to.push_back(from[axis]);
  }
  return one(node.emit().reshape(node.input(0), to));
}

}  // namespace

const Mapping& map_squeeze() {
  static const Mapping mapping = {{"Squeeze"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
