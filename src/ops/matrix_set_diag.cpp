// MATRIX_SET_DIAG
//   y = x, but y[.., i, i] = diagonal[.., i].
#include <algorithm>

#include "ops/core/copy.h"
#include "ops/core/op_def.h"

namespace pestle::ops {
namespace {

enum Operand { kInput, kDiagonal };

Status infer(Inference& in) {
  const Shape& x = in.shape(kInput);
  const Shape& diagonal = in.shape(kDiagonal);
  bool fits = x.rank() >= 2 && diagonal.rank() == x.rank() - 1 && in.dtype(kInput) == in.dtype(kDiagonal);
  for (int axis = 0; fits && axis < diagonal.rank(); ++axis) {
    const int64_t extent = axis + 1 < diagonal.rank() ? x[axis] : std::min(x.back(0), x.back(1));
    fits = extent == diagonal[axis] || extent == kUnknown || diagonal[axis] == kUnknown;
  }
  if (!fits) {
    return fail(ErrorCode::kInvalidModel,
                "a diagonal of shape " + to_string(diagonal) + " does not fit " + to_string(x));
  }
  in.set(0, in.dtype(kInput), x);
  return {};
}

Status evaluate(const Evaluation& e) {
  const Shape& x = e.inputs[kInput].shape();
  const int64_t rows = x.back(1), columns = x.back(0), n = std::min(rows, columns);
  copy_bytes(e.inputs[kInput], e.outputs[0]);
  if (n == 0) return {};
  const StridedCopy copy{{x.elements() / (rows * columns), n}, {n, 1}, {rows * columns, columns + 1}};
  copy_strided(copy, e.inputs[kDiagonal].data, e.outputs[0].data, storage_bytes(e.outputs[0].dtype(), 1));
  return {};
}

}  // namespace

const OpDef& op_matrix_set_diag() {
  constexpr DTypeSet kBase = kF32 | kI8 | kU8 | kI16 | kI32 | kI64;
  static const OpDef def = {
      .name = "MATRIX_SET_DIAG",
      .code = 115,
      .options_record = "MatrixSetDiagOptions",
      .summary = "y = x, but y[..,i,i] = diagonal[..,i]",
      .inputs = {{"input"}, {"diagonal"}},
      .outputs = {{"result"}},
      .options = {},
      .types = {{"base", {kBase}, {kBase}, 1}},
      .infer = infer,
      .evaluate = evaluate,
  };
  return def;
}

}  // namespace pestle::ops
