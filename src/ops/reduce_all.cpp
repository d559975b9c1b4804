// REDUCE_ALL
//   y = all of x over the axes
#include "ops/core/reduce_logical.h"

namespace pestle::ops {

const OpDef& op_reduce_all() {
  static const OpDef def = [] {
    OpDef all = reduction_operator("REDUCE_ALL", 140);
    all.summary = "y = all of x over the axes";
    all.types = {{"bool", {kBool, kI32}, {kBool}, 1}};
    all.evaluate = evaluate_reduced_logical<true>;
    return all;
  }();
  return def;
}

}  // namespace pestle::ops
