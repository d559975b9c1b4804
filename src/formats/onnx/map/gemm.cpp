// Gemm -> BATCH_MATMUL where both matrices are computed, else FULLY_CONNECTED with weights [O, I]: y = alpha * A' * B'
// + beta * C. alpha and beta go into the constants; a C that is no vector along the columns is added afterwards.
#include <fmt/core.h>

#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

// Constants fold as they are multiplied.
Result<ValueId> scaled(Emitter& emit, ValueId value, float factor) {
  if (factor == 1.0f) return value;
  return emit.emit("MUL", {value, emit.number(factor)});
}

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
  Emitter& emit = node.emit();
  ValueId a = node.input(0);
  ValueId weights = node.input(1);
  if (node.integer("transA", 0) != 0) {
    PESTLE_ASSIGN(a, emit.transpose(a, {1, 0}));
  }
  if (node.integer("transB", 0) == 0) {
    PESTLE_ASSIGN(weights, emit.transpose(weights, {1, 0}));
  }
  PESTLE_ASSIGN(weights, scaled(emit, weights, node.number("alpha", 1.0f)));
  if (emit.shape(a)[1] != emit.shape(weights)[1]) return fail(ErrorCode::kInvalidModel, "its matrices do not fit");
  const int64_t columns = emit.shape(weights)[0];
  ValueId addend = ir::kNoValue;
  if (node.has(2)) {
    PESTLE_ASSIGN(addend, scaled(emit, node.input(2), node.number("beta", 1.0f)));
  }
  const bool is_bias = node.has(2) && emit.shape(addend).elements() == columns && emit.shape(addend).rank() > 0 &&
                       emit.shape(addend).back(0) == columns;
  ValueId bias = ir::kNoValue;
  if (is_bias) {
    PESTLE_ASSIGN(bias, emit.reshape(addend, {columns}));
  }
  PESTLE_ASSIGN(const ValueId y, emit.emit("FULLY_CONNECTED", {a, weights, bias}));
  if (is_bias || !node.has(2)) return ValueIds{y};
  return one(emit.emit("ADD", {y, addend}));
}

}  // namespace

const Mapping& map_gemm() {
  static const Mapping mapping = {{"Gemm"}, 2, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
