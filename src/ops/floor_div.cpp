// FLOOR_DIV
//   y = floor(a / b), broadcasting. Integers stand for themselves; a divisor of 0 is an error for them. The lowest
// integer over -1 wraps. Floats are divided in double, then rounded down.
#include <cmath>

#include "ops/core/binary.h"
#include "ops/core/floor_division.h"

namespace pestle::ops {
namespace {

template <typename T>
T floor_quotient(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(std::floor(static_cast<double>(a) / static_cast<double>(b)));
  } else {
    const int64_t x = int64_t{a}, y = int64_t{b}, quotient = x / y;
    return static_cast<T>(x % y != 0 && (x < 0) != (y < 0) ? quotient - 1 : quotient);
  }
}

Status evaluate(const Evaluation& e) {
  return visit<float, int8_t, int16_t, int32_t>(e.inputs[0].dtype(), [&](auto zero) -> Status {
    using T = decltype(zero);
    PESTLE_TRY(check_divisors<T>(e));
    map_binary<T>(e, [](T a, T b) { return floor_quotient(a, b); });
    return {};
  });
}

}  // namespace

const OpDef& op_floor_div() {
  static const OpDef def = [] {
    OpDef div = floor_operator("FLOOR_DIV", 90);
    div.options_record = "FloorDivOptions";
    div.summary = "y = floor(a / b)";
    div.types = {
        {"int32", {kI32}, {kI32}, 1}, {"float32", {kF32}, {kF32}, 2}, {"narrow", {kI16 | kI8}, {kI16 | kI8}, 3}};
    div.evaluate = evaluate;
    return div;
  }();
  return def;
}

}  // namespace pestle::ops
