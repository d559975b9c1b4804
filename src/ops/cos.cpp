// COS
//   y = cos(x)
#include "base/elementary.h"
#include "ops/core/op_def.h"
#include "ops/core/unary.h"

namespace pestle::ops {

const OpDef& op_cos() {
  static const OpDef def = {
      .name = "COS",
      .code = 108,
      .options_record = "CosOptions",
      .summary = "y = cos(x)",
      .inputs = {{"x"}},
      .outputs = {{"y"}},
      .options = {},
      .types = {{"float32", {kF32}, {kF32}, 1}},
      .traits = {.output_may_share_input = true, .locality = Locality::kElement},
      .infer = infer_unary,
      .evaluate = [](const Evaluation& e) -> Status {
        map_unary<float>(e, [](float x) { return static_cast<float>(elementary::cos(static_cast<double>(x))); });
        return {};
      },
      .layout = {LayoutKind::kFree},
  };
  return def;
}

}  // namespace pestle::ops
