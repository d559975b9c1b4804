// REDUCE_MIN
//   y = min of x over the axes
#include "ops/core/reduce_extremum.h"

namespace pestle::ops {

const OpDef& op_reduce_min() {
  static const OpDef def = [] {
    OpDef smallest = reduction_operator("REDUCE_MIN", 89);
    smallest.summary = "y = min of x over the axes";
    smallest.types = reduced_extremum_types();
    smallest.evaluate = evaluate_reduced_extremum<ReducedExtremum::kMin>;
    smallest.quantization = reduction_quantization(kSharedRule);
    return smallest;
  }();
  return def;
}

}  // namespace pestle::ops
