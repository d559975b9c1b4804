// Range -> RANGE, which takes float32, int32 and int64.
#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  Formula f(node.emit());
  const DType dtype = node.dtype(0);
  ValueIds bounds;
  for (int i = 0; i < 3; ++i) bounds.push_back(f.reshape(f.cast(node.input(i), computed_type(dtype)), Shape{}));
  return f.result(f.cast(f.op("RANGE", bounds), dtype));
}

}  // namespace

const Mapping& map_range() {
  static const Mapping mapping = {{"Range"}, 3, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
