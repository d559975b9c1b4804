// GREATER_EQUAL
//   y[i] = x0[i] >= x1[i] with broadcasting (ops/core/compare.h).
#include "ops/core/compare.h"

namespace pestle::ops {

const OpDef& op_greater_equal() {
  static const OpDef def = [] {
    OpDef greater_equal = comparison_operator("GREATER_EQUAL", 62);
    greater_equal.options_record = "GreaterEqualOptions";
    greater_equal.summary = "y = x0 >= x1";
    greater_equal.types = {{"base", {kF32 | kF16 | kU8 | kI32 | kI64}, {kBool}, 1},
                           {"int8", {kI8}, {kBool}, 2},
                           {"int16", {kI16}, {kBool}, 3}};
    greater_equal.evaluate = evaluate_comparison<Comparison::kGreaterEqual>;
    return greater_equal;
  }();
  return def;
}

}  // namespace pestle::ops
