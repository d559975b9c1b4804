// EQUAL
//   y[i] = x0[i] == x1[i] with broadcasting (ops/core/compare.h).
#include "ops/core/compare.h"

namespace pestle::ops {

const OpDef& op_equal() {
  static const OpDef def = [] {
    OpDef equal = comparison_operator("EQUAL", 71);
    equal.options_record = "EqualOptions";
    equal.summary = "y = x0 == x1";
    equal.types = {{"base", {kF32 | kF16 | kU8 | kI32 | kI64 | kBool}, {kBool}, 1},
                   {"int8", {kI8}, {kBool}, 2},
                   {"int16", {kI16}, {kBool}, 5}};
    equal.evaluate = evaluate_comparison<Comparison::kEqual>;
    return equal;
  }();
  return def;
}

}  // namespace pestle::ops
