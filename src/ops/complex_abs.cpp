// COMPLEX_ABS
//   y = sqrt(re^2 + im^2) of x, in double; complex128 by scaled squares, so that they neither overflow nor vanish.
#include <algorithm>
#include <cmath>

#include "ops/core/complex.h"

namespace pestle::ops {
namespace {

double magnitude(double real, double imaginary) {
  const double a = std::fabs(real), b = std::fabs(imaginary), most = std::max(a, b);
  if (most == 0.0 || !std::isfinite(most)) return most;
  const double x = a / most, y = b / most;
  return most * std::sqrt(x * x + y * y);
}

Status evaluate(const Evaluation& e) {
  return map_complex(e, [](auto real, auto imaginary) {
    using T = decltype(real);
    if constexpr (std::is_same_v<T, float>) {
      const double a = real, b = imaginary;
      return static_cast<T>(std::sqrt(a * a + b * b));
    } else {
      return magnitude(real, imaginary);
    }
  });
}

}  // namespace

const OpDef& op_complex_abs() {
  static const OpDef def = [] {
    OpDef part = complex_operator("COMPLEX_ABS", 135);
    part.summary = "y = |x|";
    part.evaluate = evaluate;
    return part;
  }();
  return def;
}

}  // namespace pestle::ops
