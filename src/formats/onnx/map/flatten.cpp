// Flatten -> RESHAPE to two axes: those before `axis` and the rest.
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  const Shape& shape = node.shape(0);
  int64_t axis = node.integer("axis", 1);
  if (axis < 0) axis += shape.rank();
  if (axis < 0 || axis > shape.rank()) return fail(ErrorCode::kInvalidModel, "its axis is outside its input");
  Shape flat{1, 1};
  for (int i = 0; i < shape.rank(); ++i) flat[i < axis ? 0 : 1] *= shape[i];
  return one(node.emit().reshape(node.input(0), flat));
}

}  // namespace

const Mapping& map_flatten() {
  static const Mapping mapping = {{"Flatten"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
