// GREATER
//   y[i] = x0[i] > x1[i] with broadcasting (ops/core/compare.h).
#include "ops/core/compare.h"

namespace pestle::ops {

const OpDef& op_greater() {
  static const OpDef def = {
      .name = "GREATER",
      .code = 61,
      .options_record = "GreaterOptions",
      .summary = "y = x0 > x1",
      .inputs = {{"lhs"}, {"rhs"}},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"base", {kF32 | kF16 | kU8 | kI16 | kI32 | kI64}, {kBool}, 1}, {"int8", {kI8}, {kBool}, 2}},
      .infer = infer_comparison,
      .evaluate = evaluate_comparison<Comparison::kGreater>,
      .quantization = comparison_quantization(),
      .layout = {LayoutKind::kBroadcast},
  };
  return def;
}

}  // namespace pestle::ops
