// Range -> RANGE, which takes float32, int32 and int64.
#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  Formula f(node.emit());
  const DType dtype = node.dtype(0);
  const bool is_small = dtype == DType::kInt16 || dtype == DType::kInt8 || dtype == DType::kUInt8;
  const DType computed = is_small ? DType::kInt32 : dtype;
  ValueIds bounds;
  for (int i = 0; i < 3; ++i) bounds.push_back(f.reshape(f.cast(node.input(i), computed), Shape{}));
  return f.result(f.cast(f.op("RANGE", bounds), dtype));
}

}  // namespace

const Mapping& map_range() {
  static const Mapping mapping = {{"Range"}, 3, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
