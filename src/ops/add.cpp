// ADD
//   y = act(a + b), broadcasting.
// Integers that are not quantized wrap on overflow. Quantized arithmetic: docs/semantics.md#elementwise. The form of
// int16 with scales that are powers of two is not defined by TFLite's reference for operands that broadcast (it
// aborts).
#include "ops/core/binary.h"
#include "ops/core/op_def.h"
#include "ops/core/scaled_sum.h"

namespace pestle::ops {
namespace {

int version(const NodeView& view, int row_version) {
  if (view.input(0).dtype != DType::kInt16) return row_version;
  if (!view.input(0).is_quantized()) return 5;
  return kPotScaleInt16(view.node()) ? 1 : 3;
}

}  // namespace

const OpDef& op_add() {
  static const OpDef def = [] {
    OpDef add = sum_operator("ADD", 0, 1);
    add.options_record = "AddOptions";
    add.summary = "y = act(a + b)";
    add.types = {{"float32", {kF32}, {kF32}, 1}, {"int32", {kI32}, {kI32}, 1}, {"uint8", {kU8}, {kU8}, 1},
                 {"int8", {kI8}, {kI8}, 2},      {"int16", {kI16}, {kI16}, 3}, {"int64", {kI64}, {kI64}, 4}};
    add.version = version;
    return add;
  }();
  return def;
}

}  // namespace pestle::ops
