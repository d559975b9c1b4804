// ARG_MIN
//   y[...] = the index k along the axis of the first smallest x[..., k, ...]
#include <functional>

#include "ops/core/arg_extremum.h"

namespace pestle::ops {

const OpDef& op_arg_min() {
  static const OpDef def = {
      .name = "ARG_MIN",
      .code = 79,
      .options_record = "ArgMinOptions",
      .summary = "y[...] = index of the first min of x along the axis",
      .inputs = {{"input"}, {"axis"}},
      .outputs = {{"output"}},
      .options = {kOutputType.info()},
      .types = arg_extremum_types(),
      .infer = infer_arg_extremum,
      .evaluate = evaluate_arg_extremum<std::less<>>,
      .quantization = arg_extremum_quantization(),
      .layout = arg_extremum_layout(),
  };
  return def;
}

}  // namespace pestle::ops
