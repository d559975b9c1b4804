// REAL
//   y = the real part of x.
#include "ops/core/complex.h"

namespace pestle::ops {
namespace {

Status evaluate(const Evaluation& e) {
  return map_complex(e, [](auto real, auto) { return real; });
}

}  // namespace

const OpDef& op_real() {
  static const OpDef def = [] {
    OpDef part = complex_operator("REAL", 134);
    part.summary = "y = the real part of x";
    part.evaluate = evaluate;
    return part;
  }();
  return def;
}

}  // namespace pestle::ops
