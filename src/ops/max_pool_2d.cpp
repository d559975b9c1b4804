// MAX_POOL_2D
//   y[b,i,j,c] = act(max over ky,kx of x[b, i*sh - ph + ky, j*sw - pw + kx, c])
// Integers: of the codes; input and output share their quantization (docs/semantics.md#reductions).
#include "ops/core/pool.h"

namespace pestle::ops {
namespace {

template <typename T, typename Limit>
Status pool_max(const Evaluation& e, Limit limit) {
  pool<T>(
      e, std::numeric_limits<T>::lowest(), [](T best, T x) { return std::max(best, x); },
      [](T best, int32_t) { return best; }, limit);
  return {};
}

Status evaluate(const Evaluation& e) {
  switch (e.inputs[0].dtype()) {
    case DType::kFloat32: return pool_max<float>(e, float_limit(e));
    case DType::kInt8: return pool_max<int8_t>(e, code_limit<int8_t>(e));
    case DType::kUInt8: return pool_max<uint8_t>(e, code_limit<uint8_t>(e));
    case DType::kInt16: return pool_max<int16_t>(e, code_limit<int16_t>(e));
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

}  // namespace

const OpDef& op_max_pool_2d() {
  static const OpDef def = [] {
    OpDef largest = pool_operator("MAX_POOL_2D", 17);
    largest.summary = "y[b,i,j,c] = act(max x[b,i*s-p+ky,j*s-p+kx,c])";
    largest.evaluate = evaluate;
    return largest;
  }();
  return def;
}

}  // namespace pestle::ops
