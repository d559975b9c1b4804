// RANDOM_UNIFORM
//   y = numbers from [0, 1) in the shape of operand 0, from the seeds (ops/core/philox.h).
#include "ops/core/random_operator.h"

namespace pestle::ops {
namespace {

Status evaluate(const Evaluation& e) {
  draw_floats(e, [](const std::array<uint32_t, 4>& bits, float* y) {
    for (int i = 0; i < 4; ++i) y[i] = Philox::real(bits[i]);
  });
  return {};
}

}  // namespace

const OpDef& op_random_uniform() {
  static const OpDef def = [] {
    OpDef random = random_operator("RANDOM_UNIFORM", 148);
    random.summary = "y = random numbers from [0, 1)";
    random.evaluate = evaluate;
    return random;
  }();
  return def;
}

}  // namespace pestle::ops
