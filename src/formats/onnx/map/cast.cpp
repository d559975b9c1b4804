// Cast -> CAST. Types that have no place in the graph become the nearest that has (double and half: float32).
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  const auto dtype = dtype_of(static_cast<codec::OnnxType>(node.integer("to", 0)));
  if (!dtype) return unsupported("casts to a type that no .tflite file has");
  return one(node.emit().cast(node.input(0), *dtype));
}

}  // namespace

const Mapping& map_cast() {
  static const Mapping mapping = {{"Cast"}, 1, map, true};
  return mapping;
}

}  // namespace pestle::formats::onnx
