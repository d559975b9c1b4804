// SIGN
//   y = 1, 0 or -1 as x is above, at or below 0; NaN gives 0.
#include "ops/core/unary.h"
#include "ops/core/visit.h"

namespace pestle::ops {
namespace {

Status evaluate(const Evaluation& e) {
  return visit<float, double, int32_t>(e.inputs[0].dtype(), [&](auto zero) {
    using T = decltype(zero);
    map_unary<T>(e, [](T x) { return static_cast<T>(x > 0 ? 1 : (x < 0 ? -1 : 0)); });
  });
}

}  // namespace

const OpDef& op_sign() {
  static const OpDef def = [] {
    OpDef sign = unary_operator("SIGN", 158);
    sign.options_record = "SignOptions";
    sign.summary = "y = -1, 0 or 1 by the sign of x";
    sign.types = {{"float32", {kF32}, {kF32}, 1},
                  {"float64", {DType::kFloat64}, {DType::kFloat64}, 1},
                  {"int32", {kI32}, {kI32}, 2}};
    sign.evaluate = evaluate;
    return sign;
  }();
  return def;
}

}  // namespace pestle::ops
