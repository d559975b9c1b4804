// SQUARE
//   y = x^2
#include "ops/core/op_def.h"
#include "ops/core/unary.h"

namespace pestle::ops {

const OpDef& op_square() {
  static const OpDef def = {
      .name = "SQUARE",
      .code = 92,
      .options_record = "SquareOptions",
      .summary = "y = x^2",
      .inputs = {{"x"}},
      .outputs = {{"y"}},
      .options = {},
      .types = {{"float32", {kF32}, {kF32}, 1}},
      .traits = {.output_may_share_input = true, .locality = Locality::kElement},
      .infer = infer_unary,
      .evaluate = [](const Evaluation& e) -> Status {
        map_unary<float>(e, [](float x) { return x * x; });
        return {};
      },
      .layout = {LayoutKind::kFree},
  };
  return def;
}

}  // namespace pestle::ops
