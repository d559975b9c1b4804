// LESS
//   y[i] = x0[i] < x1[i] with broadcasting (ops/core/compare.h).
#include "ops/core/compare.h"

namespace pestle::ops {

const OpDef& op_less() {
  static const OpDef def = [] {
    OpDef less = comparison_operator("LESS", 58);
    less.options_record = "LessOptions";
    less.summary = "y = x0 < x1";
    less.types = {{"base", {kF32 | kF16 | kU8 | kI32 | kI64}, {kBool}, 1},
                  {"int8", {kI8}, {kBool}, 2},
                  {"int16", {kI16}, {kBool}, 3}};
    less.evaluate = evaluate_comparison<Comparison::kLess>;
    return less;
  }();
  return def;
}

}  // namespace pestle::ops
