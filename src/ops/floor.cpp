// FLOOR
//   y = floor(x)
#include <cmath>

#include "ops/core/op_def.h"
#include "ops/core/unary.h"

namespace pestle::ops {

const OpDef& op_floor() {
  static const OpDef def = [] {
    OpDef floor = unary_operator("FLOOR", 8);
    floor.summary = "y = floor(x)";
    floor.evaluate = [](const Evaluation& e) -> Status {
      map_unary<float>(e, [](float x) { return std::floor(x); });
      return {};
    };
    return floor;
  }();
  return def;
}

}  // namespace pestle::ops
