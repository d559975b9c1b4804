// ConvInteger, MatMulInteger -> Conv, MatMul of the codes without their zero points, in float32, back to int32: exact
// while sums stay below 2^24.
#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

// Zero points stand for all, or one for each row of the first matrix, each column of the second, each filter.
ValueId without_zero(Formula& f, NodeContext& node, int operand, int zero, int axis) {
  const ValueId codes = f.cast(node.input(operand), DType::kFloat32);
  if (!node.has(zero)) return codes;
  ValueId offset = f.cast(node.input(zero), DType::kFloat32);
  const int64_t count = f.shape(offset).elements();
  if (count > 1 && f.shape(offset).rank() == 1 && axis < node.rank(operand)) {
    std::vector<int64_t> extents(node.rank(operand), 1);
    extents[axis] = count;
    offset = f.reshape(offset, Shape(extents));
  }
  return f.sub(codes, offset);
}

Result<ValueIds> map(NodeContext& node) {
  Formula f(node.emit());
  const bool is_conv = node.op_type() == "ConvInteger";
  if (node.rank(0) < 1 || node.rank(1) < 1) return fail(ErrorCode::kInvalidModel, "its operands are no matrices");
  const ValueId x = without_zero(f, node, 0, 2, is_conv ? 0 : std::max(node.rank(0) - 2, 0));
  const ValueId w = without_zero(f, node, 1, 3, is_conv ? 0 : node.rank(1) - 1);
  if (f.failed()) return f.result(w);
  PESTLE_ASSIGN(const ValueIds product, node.map_as(is_conv ? "Conv" : "MatMul", {x, w}, node.opset()));
  return f.result(f.cast(product[0], DType::kInt32));
}

}  // namespace

const Mapping& map_integer_product() {
  static const Mapping mapping = {{"ConvInteger", "MatMulInteger"}, 2, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
