// FLOOR
//   y = floor(x)
#include <cmath>

#include "ops/core/op_def.h"
#include "ops/core/unary.h"

namespace pestle::ops {

const OpDef& op_floor() {
  static const OpDef def = {
      .name = "FLOOR",
      .code = 8,
      .options_record = "",
      .summary = "y = floor(x)",
      .inputs = {{"x"}},
      .outputs = {{"y"}},
      .options = {},
      .types = {{"float32", {kF32}, {kF32}, 1}},
      .traits = {.output_may_share_input = true, .locality = Locality::kElement},
      .infer = infer_unary,
      .evaluate = [](const Evaluation& e) -> Status {
        map_unary<float>(e, [](float x) { return std::floor(x); });
        return {};
      },
      .layout = {LayoutKind::kFree},
  };
  return def;
}

}  // namespace pestle::ops
