// MatMul by a constant matrix -> FULLY_CONNECTED with the matrix transposed to [O, I].
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  if (!node.is_constant(1) || node.rank(1) != 2) return unsupported("its right operand is no constant matrix");
  if (node.rank(0) < 2) return unsupported("its left operand is a vector");
  if (node.shape(0).back(0) != node.shape(1)[0]) return fail(ErrorCode::kInvalidModel, "its operands do not fit");
  PESTLE_ASSIGN(const ValueId weights, node.emit().transpose(node.input(1), {1, 0}));
  return one(node.emit().emit("FULLY_CONNECTED", {node.input(0), weights, ir::kNoValue},
                              {{"keep_num_dims", node.rank(0) > 2}}));
}

}  // namespace

const Mapping& map_mat_mul() {
  static const Mapping mapping = {{"MatMul"}, 2, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
