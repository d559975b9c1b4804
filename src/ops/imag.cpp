// IMAG
//   y = the imaginary part of x.
#include "ops/core/complex.h"

namespace pestle::ops {
namespace {

Status evaluate(const Evaluation& e) {
  return map_complex(e, [](auto, auto imaginary) { return imaginary; });
}

}  // namespace

const OpDef& op_imag() {
  static const OpDef def = [] {
    OpDef part = complex_operator("IMAG", 133);
    part.summary = "y = the imaginary part of x";
    part.evaluate = evaluate;
    return part;
  }();
  return def;
}

}  // namespace pestle::ops
