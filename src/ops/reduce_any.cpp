// REDUCE_ANY
//   y = any of x over the axes
#include "ops/core/reduce_logical.h"

namespace pestle::ops {

const OpDef& op_reduce_any() {
  static const OpDef def = [] {
    OpDef any = reduction_operator("REDUCE_ANY", 91);
    any.summary = "y = any of x over the axes";
    any.types = {{"bool", {kBool, kI32}, {kBool}, 1}};
    any.evaluate = evaluate_reduced_logical<false>;
    return any;
  }();
  return def;
}

}  // namespace pestle::ops
