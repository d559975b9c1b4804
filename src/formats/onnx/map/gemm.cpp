// Gemm -> BATCH_MATMUL where both matrices are computed, else FULLY_CONNECTED with weights [O, I]: y = alpha * A' * B'
// + beta * C. alpha and beta go into the constants; a C that is no vector along the columns is added afterwards.
#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> of_computed(NodeContext& node) {
  Formula f(node.emit());
  ValueId a = node.input(0);
  if (node.integer("transA", 0) != 0) a = f.transpose(a, {1, 0});
  ValueId y = f.matmul(a, node.input(1), node.integer("transB", 0) != 0);
  y = f.scale(y, node.number("alpha", 1.0f));
  return f.result(node.has(2) ? f.add(y, f.scale(node.input(2), node.number("beta", 1.0f))) : y);
}

Result<ValueIds> map(NodeContext& node) {
  if (node.rank(0) != 2 || node.rank(1) != 2) return fail(ErrorCode::kInvalidModel, "its operands are no matrices");
  if (!node.is_constant(1)) return of_computed(node);
  // Constants fold as they are transposed and multiplied.
  Formula f(node.emit());
  ValueId a = node.input(0), weights = node.input(1);
  if (node.integer("transA", 0) != 0) a = f.transpose(a, {1, 0});
  if (node.integer("transB", 0) == 0) weights = f.transpose(weights, {1, 0});
  weights = f.scale(weights, node.number("alpha", 1.0f));
  if (f.failed()) return f.result(weights);
  if (f.shape(a)[1] != f.shape(weights)[1]) return fail(ErrorCode::kInvalidModel, "its matrices do not fit");
  if (!node.has(2)) return f.result(f.op("FULLY_CONNECTED", {a, weights, ir::kNoValue}));
  const ValueId addend = f.scale(node.input(2), node.number("beta", 1.0f));
  const int64_t columns = f.shape(weights)[0];
  const Shape shape = f.shape(addend);
  const bool is_bias = shape.rank() > 0 && shape.back(0) == columns && shape.elements() == columns;
  if (is_bias) return f.result(f.op("FULLY_CONNECTED", {a, weights, f.reshape(addend, {columns})}));
  return f.result(f.add(f.op("FULLY_CONNECTED", {a, weights, ir::kNoValue}), addend));
}

}  // namespace

const Mapping& map_gemm() {
  static const Mapping mapping = {{"Gemm"}, 2, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
