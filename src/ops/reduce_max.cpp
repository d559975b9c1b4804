// REDUCE_MAX
//   y = max of x over the axes
#include "ops/core/reduce_extremum.h"

namespace pestle::ops {

const OpDef& op_reduce_max() {
  static const OpDef def = {
      .name = "REDUCE_MAX",
      .code = 82,
      .options_record = "ReducerOptions",
      .summary = "y = max of x over the axes",
      .inputs = {{"input"}, {"axes"}},
      .outputs = {{"output"}},
      .options = {kKeepDims.info()},
      .types = reduced_extremum_types(),
      .infer = infer_reduction,
      .evaluate = evaluate_reduced_extremum<ReducedExtremum::kMax>,
      .quantization = reduction_quantization(kSharedRule),
      .layout = reduction_layout(),
  };
  return def;
}

}  // namespace pestle::ops
