// MATRIX_DIAG
//   y[.., i, i] = x[.., i]; 0 elsewhere (codes: the code 0).
#include <cstring>

#include "ops/core/copy.h"
#include "ops/core/op_def.h"

namespace pestle::ops {
namespace {

Status infer(Inference& in) {
  Shape y = in.shape(0);
  if (y.rank() < 1) return fail(ErrorCode::kInvalidModel, "the diagonal is a scalar");
  y.push_back(y.back(0));
  in.set(0, in.dtype(0), std::move(y));
  return {};
}

Status evaluate(const Evaluation& e) {
  const OutputOperand& y = e.outputs[0];
  const int64_t n = y.shape().back(0), count = n == 0 ? 0 : e.inputs[0].elements() / n;
  const size_t size = storage_bytes(y.dtype(), 1), bytes = storage_bytes(y.dtype(), y.elements());
  if (bytes == 0) return {};
  std::memset(y.data, 0, bytes);
  copy_strided({{count, n}, {n, 1}, {n * n, n + 1}}, e.inputs[0].data, y.data, size);
  return {};
}

}  // namespace

const OpDef& op_matrix_diag() {
  constexpr DTypeSet kBase = kF32 | kI8 | kU8 | kI16 | kI32 | kI64;
  static const OpDef def = {
      .name = "MATRIX_DIAG",
      .code = 113,
      .options_record = "MatrixDiagOptions",
      .summary = "y[..,i,i] = x[..,i], 0 elsewhere",
      .inputs = {{"diagonal"}},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"base", {kBase}, {kBase}, 1}},
      .infer = infer,
      .evaluate = evaluate,
  };
  return def;
}

}  // namespace pestle::ops
