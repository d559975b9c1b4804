// COS
//   y = cos(x)
#include "base/elementary.h"
#include "ops/core/op_def.h"
#include "ops/core/unary.h"

namespace pestle::ops {

const OpDef& op_cos() {
  static const OpDef def = [] {
    OpDef cos = unary_operator("COS", 108);
    cos.options_record = "CosOptions";
    cos.summary = "y = cos(x)";
    cos.evaluate = [](const Evaluation& e) -> Status {
      map_unary<float>(e, [](float x) { return static_cast<float>(elementary::cos(static_cast<double>(x))); });
      return {};
    };
    return cos;
  }();
  return def;
}

}  // namespace pestle::ops
