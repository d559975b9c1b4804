// Shape, Size -> a constant: extents are known while a model is imported.
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

// start and end (opset 15) count from the end if negative and are clamped.
int64_t clamped(int64_t axis, int rank) { return std::clamp<int64_t>(axis < 0 ? axis + rank : axis, 0, rank); }

Result<ValueIds> map(NodeContext& node) {
  const Shape& shape = node.shape(0);
  if (!shape.is_static()) return unsupported("its input has a size that is known only while the model runs");
  std::vector<int64_t> extents;
  if (node.op_type() == "Size") {
    extents.push_back(shape.elements());
    return ValueIds{node.emit().constant({DType::kInt64, Shape{}, std::as_bytes(std::span<const int64_t>(extents))})};
  }
  const int64_t start = clamped(node.integer("start", 0), shape.rank());
  const int64_t end = clamped(node.integer("end", shape.rank()), shape.rank());
  for (int64_t axis = start; axis < end; ++axis) extents.push_back(shape[static_cast<int>(axis)]);
  const Shape length{static_cast<int64_t>(extents.size())};
  return ValueIds{node.emit().constant({DType::kInt64, length, std::as_bytes(std::span<const int64_t>(extents))})};
}

}  // namespace

const Mapping& map_shape() {
  static const Mapping mapping = {{"Shape", "Size"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
