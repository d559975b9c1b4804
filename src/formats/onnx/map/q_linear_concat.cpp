// com.microsoft.QLinearConcat: scale and zero point of the result, then codes, scale and zero point of each part ->
// DEQUANTIZE, CONCATENATION, QUANTIZE.
#include "formats/onnx/codes.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  ValueIds parts;
  for (int i = 2; i + 2 < node.inputs(); i += 3) {
    PESTLE_ASSIGN(const CodeParameters of, read_parameters(node, i + 1, i + 2, node.dtype(i)));
    PESTLE_ASSIGN(const ValueId part, dequantize(node.emit(), node.input(i), of));
    parts.push_back(part);
  }
  PESTLE_ASSIGN(const ValueIds whole, node.map_as("Concat", std::move(parts), 13));
  PESTLE_ASSIGN(const CodeParameters of, read_parameters(node, 0, 1, node.dtype(1)));
  return one(quantize(node.emit(), whole[0], of));
}

}  // namespace

const Mapping& map_q_linear_concat() {
  static const Mapping mapping = {{"com.microsoft.QLinearConcat"}, 5, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
