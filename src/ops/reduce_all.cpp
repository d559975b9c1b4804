// REDUCE_ALL
//   y = all of x over the axes
#include "ops/core/reduce_logical.h"

namespace pestle::ops {

const OpDef& op_reduce_all() {
  static const OpDef def = {
      .name = "REDUCE_ALL",
      .code = 140,
      .options_record = "ReducerOptions",
      .summary = "y = all of x over the axes",
      .inputs = {{"input"}, {"axes"}},
      .outputs = {{"output"}},
      .options = {kKeepDims.info()},
      .types = {{"bool", {kBool, kI32}, {kBool}, 1}},
      .infer = infer_reduction,
      .evaluate = evaluate_reduced_logical<true>,
      .layout = reduction_layout(),
  };
  return def;
}

}  // namespace pestle::ops
