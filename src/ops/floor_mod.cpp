// FLOOR_MOD
//   y = a - b * floor(a / b), broadcasting: what is left has the sign of b. Integers stand for themselves; a divisor of
// 0 is an error for them.
#include <cmath>

#include "ops/core/binary.h"
#include "ops/core/floor_division.h"

namespace pestle::ops {
namespace {

template <typename T>
T floor_rest(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    const T rest = std::fmod(a, b);  // exact
    return rest != 0 && (b < 0) != (rest < 0) ? rest + b : rest;
  } else {
    if (b == -1) return 0;  // the quotient of the lowest integer does not exist
    const int64_t rest = int64_t{a} % int64_t{b};
    return static_cast<T>(rest != 0 && (b < 0) != (rest < 0) ? rest + b : rest);
  }
}

Status evaluate(const Evaluation& e) {
  return visit<float, int8_t, int16_t, int32_t, int64_t>(e.inputs[0].dtype(), [&](auto zero) -> Status {
    using T = decltype(zero);
    PESTLE_TRY(check_divisors<T>(e));
    map_binary<T>(e, [](T a, T b) { return floor_rest(a, b); });
    return {};
  });
}

}  // namespace

const OpDef& op_floor_mod() {
  static const OpDef def = [] {
    OpDef mod = floor_operator("FLOOR_MOD", 95);
    mod.options_record = "FloorModOptions";
    mod.summary = "y = a - b floor(a / b)";
    mod.types = {{"base", {kI32 | kI64 | kF32}, {kI32 | kI64 | kF32}, 1}, {"narrow", {kI16 | kI8}, {kI16 | kI8}, 2}};
    mod.evaluate = evaluate;
    return mod;
  }();
  return def;
}

}  // namespace pestle::ops
