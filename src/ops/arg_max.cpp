// ARG_MAX
//   y[...] = the index k along the axis of the first largest x[..., k, ...]
#include <functional>

#include "ops/core/arg_extremum.h"

namespace pestle::ops {

const OpDef& op_arg_max() {
  static const OpDef def = {
      .name = "ARG_MAX",
      .code = 56,
      .options_record = "ArgMaxOptions",
      .summary = "y[...] = index of the first max of x along the axis",
      .inputs = {{"input"}, {"axis"}},
      .outputs = {{"output"}},
      .options = {kOutputType.info()},
      .types = arg_extremum_types(),
      .infer = infer_arg_extremum,
      .evaluate = evaluate_arg_extremum<std::greater<>>,
      .quantization = arg_extremum_quantization(),
      .layout = arg_extremum_layout(),
  };
  return def;
}

}  // namespace pestle::ops
