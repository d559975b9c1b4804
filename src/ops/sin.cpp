// SIN
//   y = sin(x)
#include "base/elementary.h"
#include "ops/core/op_def.h"
#include "ops/core/unary.h"

namespace pestle::ops {

const OpDef& op_sin() {
  static const OpDef def = [] {
    OpDef sin = unary_operator("SIN", 66);
    sin.summary = "y = sin(x)";
    sin.evaluate = [](const Evaluation& e) -> Status {
      map_unary<float>(e, [](float x) { return static_cast<float>(elementary::sin(static_cast<double>(x))); });
      return {};
    };
    return sin;
  }();
  return def;
}

}  // namespace pestle::ops
