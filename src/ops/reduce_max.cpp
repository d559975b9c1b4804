// REDUCE_MAX
//   y = max of x over the axes
#include "ops/core/reduce_extremum.h"

namespace pestle::ops {

const OpDef& op_reduce_max() {
  static const OpDef def = [] {
    OpDef largest = reduction_operator("REDUCE_MAX", 82);
    largest.summary = "y = max of x over the axes";
    largest.types = reduced_extremum_types();
    largest.evaluate = evaluate_reduced_extremum<ReducedExtremum::kMax>;
    largest.quantization = reduction_quantization(kSharedRule);
    return largest;
  }();
  return def;
}

}  // namespace pestle::ops
