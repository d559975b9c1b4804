// GREATER
//   y[i] = x0[i] > x1[i] with broadcasting (ops/core/compare.h).
#include "ops/core/compare.h"

namespace pestle::ops {

const OpDef& op_greater() {
  static const OpDef def = [] {
    OpDef greater = comparison_operator("GREATER", 61);
    greater.options_record = "GreaterOptions";
    greater.summary = "y = x0 > x1";
    greater.types = {{"base", {kF32 | kF16 | kU8 | kI16 | kI32 | kI64}, {kBool}, 1}, {"int8", {kI8}, {kBool}, 2}};
    greater.evaluate = evaluate_comparison<Comparison::kGreater>;
    return greater;
  }();
  return def;
}

}  // namespace pestle::ops
