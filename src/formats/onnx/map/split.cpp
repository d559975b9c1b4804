// Split -> SPLIT into equal parts, else SPLIT_V. Sizes are an operand from opset 13 on; without them the parts are
// equal, but for the last, which may be smaller (opset 18).
#include <algorithm>

#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  PESTLE_ASSIGN(const int axis, node.axis(node.integer("axis", 0), node.rank(0)));
  PESTLE_ASSIGN(const auto given, node.integers_by_opset("split", 1, 13));
  const int64_t extent = node.shape(0)[axis];
  const int64_t count = given ? static_cast<int64_t>(given->size()) : node.integer("num_outputs", node.outputs());
  if (count < 1 || count != node.outputs())
    return fail(ErrorCode::kInvalidModel, "its number of parts is not that of its outputs");
  std::vector<int64_t> sizes(count, (extent + count - 1) / count);
  sizes.back() = extent - sizes[0] * (count - 1);
  if (given) sizes = *given;
  int64_t left = extent;
  for (int64_t size : sizes) {
    if (size < 0 || size > left) return fail(ErrorCode::kInvalidModel, "its parts do not fit its input");
    left -= size;
  }
  if (left != 0) return fail(ErrorCode::kInvalidModel, "its parts do not fill its input");
  if (count == 1) return ValueIds{node.input(0)};
  Emitter& emit = node.emit();
  const ValueId along = emit.integer(axis);
  const bool is_equal = std::all_of(sizes.begin(), sizes.end(), [&](int64_t size) { return size == sizes[0]; });
  OpSpec spec{"SPLIT", {along, node.input(0)}, {{"num_splits", count}}, static_cast<int>(count)};
  if (!is_equal) {
    spec.op = "SPLIT_V";
    spec.inputs = {node.input(0), emit.ints(sizes), along};
  }
  return emit.emit_all(std::move(spec));
}

}  // namespace

const Mapping& map_split() {
  static const Mapping mapping = {{"Split"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
