// NOT_EQUAL
//   y[i] = x0[i] != x1[i] with broadcasting (ops/core/compare.h).
#include "ops/core/compare.h"

namespace pestle::ops {

const OpDef& op_not_equal() {
  static const OpDef def = [] {
    OpDef not_equal = comparison_operator("NOT_EQUAL", 72);
    not_equal.options_record = "NotEqualOptions";
    not_equal.summary = "y = x0 != x1";
    not_equal.types = {{"base", {kF32 | kF16 | kU8 | kI32 | kI64 | kBool}, {kBool}, 1},
                       {"int8", {kI8}, {kBool}, 2},
                       {"int16", {kI16}, {kBool}, 4}};
    not_equal.evaluate = evaluate_comparison<Comparison::kNotEqual>;
    return not_equal;
  }();
  return def;
}

}  // namespace pestle::ops
