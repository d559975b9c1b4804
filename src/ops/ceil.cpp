// CEIL
//   y = ceil(x)
#include <cmath>

#include "ops/core/op_def.h"
#include "ops/core/unary.h"

namespace pestle::ops {

const OpDef& op_ceil() {
  static const OpDef def = [] {
    OpDef ceil = unary_operator("CEIL", 104);
    ceil.summary = "y = ceil(x)";
    ceil.evaluate = [](const Evaluation& e) -> Status {
      map_unary<float>(e, [](float x) { return std::ceil(x); });
      return {};
    };
    return ceil;
  }();
  return def;
}

}  // namespace pestle::ops
