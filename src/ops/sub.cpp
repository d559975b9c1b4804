// SUB
//   y = act(a - b), broadcasting.
// Integers that are not quantized wrap on overflow. Quantized arithmetic: docs/semantics.md#elementwise.
#include "ops/core/binary.h"
#include "ops/core/op_def.h"
#include "ops/core/scaled_sum.h"

namespace pestle::ops {
namespace {

int version(const NodeView& view, int row_version) {
  const DType dtype = view.input(0).dtype;
  if (dtype == DType::kInt16 && !kPotScaleInt16(view.node())) return 5;
  return dtype != DType::kInt64 && broadcasts_beyond(view, 4) ? 3 : row_version;
}

}  // namespace

const OpDef& op_sub() {
  static const OpDef def = [] {
    OpDef sub = sum_operator("SUB", 41, -1);
    sub.options_record = "SubOptions";
    sub.summary = "y = act(a - b)";
    sub.types = {{"float32", {kF32}, {kF32}, 1}, {"int32", {kI32}, {kI32}, 1}, {"uint8", {kU8}, {kU8}, 1},
                 {"int8", {kI8}, {kI8}, 2},      {"int16", {kI16}, {kI16}, 2}, {"int64", {kI64}, {kI64}, 4}};
    sub.version = version;
    return sub;
  }();
  return def;
}

}  // namespace pestle::ops
