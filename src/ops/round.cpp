// ROUND
//   y = x rounded to the nearest integer, halves to the even one
#include <cmath>

#include "ops/core/op_def.h"
#include "ops/core/unary.h"

namespace pestle::ops {
namespace {

float round_half_even(float x) {
  const float below = std::floor(x);
  const float rest = x - below;
  if (rest < 0.5f) return below;
  if (rest > 0.5f) return below + 1.0f;
  return 2.0f * std::floor(0.5f * below + 0.5f);
}

}  // namespace

const OpDef& op_round() {
  static const OpDef def = [] {
    OpDef round = unary_operator("ROUND", 116);
    round.summary = "y = x rounded to the nearest integer, halves to the even one";
    round.evaluate = [](const Evaluation& e) -> Status {
      map_unary<float>(e, [](float x) { return round_half_even(x); });
      return {};
    };
    return round;
  }();
  return def;
}

}  // namespace pestle::ops
