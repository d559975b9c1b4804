// L2_POOL_2D
//   y[b,i,j,c] = act(sqrt(mean of x^2 over the taps of the window that lie inside x)).
#include <cmath>

#include "ops/core/pool.h"

namespace pestle::ops {
namespace {

Status evaluate(const Evaluation& e) {
  pool<float>(
      e, 0.0f, [](float sum, float x) { return sum + x * x; },
      [](float sum, int32_t count) { return std::sqrt(sum / static_cast<float>(count)); }, float_limit(e));
  return {};
}

}  // namespace

const OpDef& op_l2_pool_2d() {
  static const OpDef def = [] {
    OpDef pool = pool_operator("L2_POOL_2D", 12);
    pool.summary = "y = act(sqrt(mean of x^2 over the window))";
    pool.types = {{"float32", {kF32}, {kF32}, 1}};
    pool.traits.is_nonnegative = true;
    pool.evaluate = evaluate;
    pool.quantization = {};
    return pool;
  }();
  return def;
}

}  // namespace pestle::ops
