// MAXIMUM
//   y = max(a, b), broadcasting.
#include "ops/core/extremum.h"

namespace pestle::ops {

const OpDef& op_maximum() {
  static const OpDef def = [] {
    OpDef maximum = extremum_operator("MAXIMUM", 55);
    maximum.summary = "y = max(a, b)";
    maximum.evaluate = [](const Evaluation& e) { return evaluate_extremum(e, [](auto a, auto b) { return a > b; }); };
    return maximum;
  }();
  return def;
}

}  // namespace pestle::ops
