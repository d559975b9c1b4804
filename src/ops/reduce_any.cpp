// REDUCE_ANY
//   y = any of x over the axes
#include "ops/core/reduce_logical.h"

namespace pestle::ops {

const OpDef& op_reduce_any() {
  static const OpDef def = {
      .name = "REDUCE_ANY",
      .code = 91,
      .options_record = "ReducerOptions",
      .summary = "y = any of x over the axes",
      .inputs = {{"input"}, {"axes"}},
      .outputs = {{"output"}},
      .options = {kKeepDims.info()},
      .types = {{"bool", {kBool, kI32}, {kBool}, 1}},
      .infer = infer_reduction,
      .evaluate = evaluate_reduced_logical<false>,
      .layout = reduction_layout(),
  };
  return def;
}

}  // namespace pestle::ops
