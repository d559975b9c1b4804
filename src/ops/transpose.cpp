// TRANSPOSE
//   y[i] = x[j] with j[perm[a]] = i[a]: output axis a is input axis perm[a].
#include <algorithm>

#include "ops/core/copy.h"
#include "ops/core/op_def.h"

namespace pestle::ops {
namespace {

enum Operand { kInput, kPerm };

Status infer(Inference& in) {
  const Shape& x = in.shape(kInput);
  if (in.shape(kPerm).rank() != 1 || (in.shape(kPerm)[0] != kUnknown && in.shape(kPerm)[0] != x.rank())) {
    return fail(ErrorCode::kInvalidModel, "perm of shape " + to_string(in.shape(kPerm)) +
                                              " does not fit an input of rank " + std::to_string(x.rank()));
  }
  Shape y(std::vector<int64_t>(x.rank(), kUnknown));
  if (const auto perm = in.ints(kPerm)) {
    std::vector<bool> seen(x.rank(), false);
    for (int axis = 0; axis < x.rank(); ++axis) {
      const auto from = resolve_axis((*perm)[axis], x.rank());
      if (!from || seen[*from]) return fail(ErrorCode::kInvalidModel, "perm is not a permutation of the axes");
      seen[*from] = true;
      y[axis] = x[*from];
    }
  }
  in.set(0, in.dtype(kInput), y);
  return {};
}

Status evaluate(const Evaluation& e) {
  const InputOperand& x = e.inputs[kInput];
  const Shape& y = e.outputs[0].shape();
  const int32_t* perm = e.inputs[kPerm].as<int32_t>();
  const std::vector<int64_t> own = row_major_strides(x.shape());
  StridedCopy copy{{y.begin(), y.end()}, {}, row_major_strides(y)};
  for (int axis = 0; axis < y.rank(); ++axis) {
    const auto from = resolve_axis(perm[axis], y.rank());
    if (!from || x.shape()[*from] != y[axis]) return fail(ErrorCode::kInvalidArgument, "perm does not fit the output");
    copy.from_steps.push_back(own[*from]);
  }
  copy_operand(copy, x, e.outputs[0]);
  return {};
}

// Axes of extent 1 may stand anywhere.
bool keeps_order(const NodeView& view) {
  const auto perm = view.ints(kPerm);
  if (!perm) return false;
  const Shape x = ir::known_shape(view.input_value(kInput));
  std::vector<int> order;  // of the axes that are longer
  for (int64_t entry : *perm) {
    const auto axis = resolve_axis(entry, x.rank());
    if (!axis) return false;
    if (x[*axis] != 1) order.push_back(*axis);
  }
  return std::is_sorted(order.begin(), order.end());
}

int version(const NodeView& view, int row_version) {
  const int rank = view.input(kInput).shape.rank();
  const int by_rank = rank > 6 ? 8 : (rank > 5 ? 6 : (rank > 4 ? 4 : 1));
  return std::max(row_version, by_rank);
}

}  // namespace

const OpDef& op_transpose() {
  static const OpDef def = {
      .name = "TRANSPOSE",
      .code = 39,
      .options_record = "TransposeOptions",
      .summary = "y[i] = x[j], j[perm[a]] = i[a]",
      .inputs = {{"input"}, {"perm"}},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"base", {kF32 | kU8 | kI32 | kI64 | kU32, kI32}, {kF32 | kU8 | kI32 | kI64 | kU32}, 1},
                {"int8", {kI8, kI32}, {kI8}, 2},
                {"bool", {kBool, kI32}, {kBool}, 3},
                {"int16", {kI16, kI32}, {kI16}, 5},
                {"int4", {kI4, kI32}, {kI4}, 7},
                {"bfloat16", {kBF16, kI32}, {kBF16}, 8},
                {"float16", {kF16, kI32}, {kF16}, 9}},
      .traits = {.keeps_nonnegative = true},
      .infer = infer,
      .evaluate = evaluate,
      .passes_on = keeps_order,
      .quantization = {.int8 = true, .int16 = true, .inputs = {kSharedRule, kNoRule}, .outputs = {kSharedRule}},
      .version = version,
  };
  return def;
}

}  // namespace pestle::ops
