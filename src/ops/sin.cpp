// SIN
//   y = sin(x)
#include "base/elementary.h"
#include "ops/core/op_def.h"
#include "ops/core/unary.h"

namespace pestle::ops {

const OpDef& op_sin() {
  static const OpDef def = {
      .name = "SIN",
      .code = 66,
      .options_record = "",
      .summary = "y = sin(x)",
      .inputs = {{"x"}},
      .outputs = {{"y"}},
      .options = {},
      .types = {{"float32", {kF32}, {kF32}, 1}},
      .traits = {.output_may_share_input = true, .locality = Locality::kElement},
      .infer = infer_unary,
      .evaluate = [](const Evaluation& e) -> Status {
        map_unary<float>(e, [](float x) { return static_cast<float>(elementary::sin(static_cast<double>(x))); });
        return {};
      },
      .layout = {LayoutKind::kFree},
  };
  return def;
}

}  // namespace pestle::ops
