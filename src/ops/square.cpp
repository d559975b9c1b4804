// SQUARE
//   y = x^2
#include "ops/core/op_def.h"
#include "ops/core/unary.h"

namespace pestle::ops {

const OpDef& op_square() {
  static const OpDef def = [] {
    OpDef square = unary_operator("SQUARE", 92);
    square.options_record = "SquareOptions";
    square.summary = "y = x^2";
    square.evaluate = [](const Evaluation& e) -> Status {
      map_unary<float>(e, [](float x) { return x * x; });
      return {};
    };
    return square;
  }();
  return def;
}

}  // namespace pestle::ops
