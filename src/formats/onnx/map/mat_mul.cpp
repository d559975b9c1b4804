// MatMul by a constant matrix -> FULLY_CONNECTED with the matrix transposed to [O, I]; else BATCH_MATMUL. A vector on
// either side is a matrix of one row or column whose axis goes afterwards.
#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

bool is_float(NodeContext& node) { return node.dtype(0) == DType::kFloat32 && node.dtype(1) == DType::kFloat32; }

Result<ValueIds> by_constant(NodeContext& node) {
  PESTLE_ASSIGN(const ValueId weights, node.emit().transpose(node.input(1), {1, 0}));
  return one(node.emit().emit("FULLY_CONNECTED", {node.input(0), weights, ir::kNoValue},
                              {{"keep_num_dims", node.rank(0) > 2}}));
}

// TFLite's BATCH_MATMUL is for floats: whole numbers up to 2^24 are exact there.
Result<ValueIds> by_any(NodeContext& node) {
  Formula f(node.emit());
  const DType dtype = node.dtype(0);
  ValueId a = f.cast(node.input(0), DType::kFloat32), b = f.cast(node.input(1), DType::kFloat32);
  const bool a_is_vector = node.rank(0) == 1, b_is_vector = node.rank(1) == 1;
  if (a_is_vector) a = f.reshape(a, {1, node.shape(0)[0]});
  if (b_is_vector) b = f.reshape(b, {node.shape(1)[0], 1});
  ValueId y = f.matmul(a, b);
  if (a_is_vector || b_is_vector) {
    const Shape whole = f.shape(y);
    Shape shape;
    for (int axis = 0; axis < whole.rank(); ++axis) {
      const bool goes = (axis == whole.rank() - 2 && a_is_vector) || (axis == whole.rank() - 1 && b_is_vector);
      if (!goes) shape.push_back(whole[axis]);
    }
    y = f.reshape(y, shape);
  }
  return f.result(f.cast(y, dtype));
}

Result<ValueIds> map(NodeContext& node) {
  if (node.rank(0) == 0 || node.rank(1) == 0) return fail(ErrorCode::kInvalidModel, "an operand is a single number");
  const int64_t inner = node.rank(1) == 1 ? node.shape(1)[0] : node.shape(1).back(1);
  if (node.shape(0).back(0) != inner) return fail(ErrorCode::kInvalidModel, "its operands do not fit");
  if (node.is_constant(1) && node.rank(1) == 2 && node.rank(0) >= 2 && is_float(node)) return by_constant(node);
  return by_any(node);
}

}  // namespace

const Mapping& map_mat_mul() {
  static const Mapping mapping = {{"MatMul"}, 2, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
