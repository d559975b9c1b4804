// MINIMUM
//   y = min(a, b), broadcasting.
#include "ops/core/extremum.h"

namespace pestle::ops {

const OpDef& op_minimum() {
  static const OpDef def = [] {
    OpDef minimum = extremum_operator("MINIMUM", 57);
    minimum.summary = "y = min(a, b)";
    minimum.evaluate = [](const Evaluation& e) { return evaluate_extremum(e, [](auto a, auto b) { return a < b; }); };
    return minimum;
  }();
  return def;
}

}  // namespace pestle::ops
