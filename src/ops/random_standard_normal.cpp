// RANDOM_STANDARD_NORMAL
//   y = normally distributed numbers of mean 0 and variance 1 in the shape of operand 0, from the seeds
//   (ops/core/philox.h), two of two uniform ones u, v: sqrt(-2 ln max(u, 1e-7)) times sin and cos of 2 pi v.
#include <algorithm>
#include <cmath>

#include "base/elementary.h"
#include "ops/core/random_operator.h"

namespace pestle::ops {
namespace {

Status evaluate(const Evaluation& e) {
  draw_floats(e, [](const std::array<uint32_t, 4>& bits, float* y) {
    constexpr float kTurn = 6.28318530717958647692f;
    for (int i = 0; i < 4; i += 2) {
      const float u = std::max(Philox::real(bits[i]), 1e-7f), angle = kTurn * Philox::real(bits[i + 1]);
      const double radius = std::sqrt(-2.0 * elementary::log(u));
      y[i] = static_cast<float>(elementary::sin(angle) * radius);
      y[i + 1] = static_cast<float>(elementary::cos(angle) * radius);
    }
  });
  return {};
}

}  // namespace

const OpDef& op_random_standard_normal() {
  static const OpDef def = [] {
    OpDef random = random_operator("RANDOM_STANDARD_NORMAL", 146);
    random.summary = "y = random numbers of the standard normal distribution";
    random.evaluate = evaluate;
    return random;
  }();
  return def;
}

}  // namespace pestle::ops
