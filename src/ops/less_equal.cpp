// LESS_EQUAL
//   y[i] = x0[i] <= x1[i] with broadcasting (ops/core/compare.h).
#include "ops/core/compare.h"

namespace pestle::ops {

const OpDef& op_less_equal() {
  static const OpDef def = [] {
    OpDef less_equal = comparison_operator("LESS_EQUAL", 63);
    less_equal.options_record = "LessEqualOptions";
    less_equal.summary = "y = x0 <= x1";
    less_equal.types = {{"base", {kF32 | kF16 | kU8 | kI16 | kI32 | kI64}, {kBool}, 1}, {"int8", {kI8}, {kBool}, 2}};
    less_equal.evaluate = evaluate_comparison<Comparison::kLessEqual>;
    return less_equal;
  }();
  return def;
}

}  // namespace pestle::ops
