// AVERAGE_POOL_2D
//   y[b,i,j,c] = act(sum over ky,kx of x[b, i*sh - ph + ky, j*sw - pw + kx, c] / n), n the taps inside the image
// Integers: of the codes, rounded half away from zero; input and output share their quantization
// (docs/semantics.md#reductions).
#include "ops/core/pool.h"

namespace pestle::ops {
namespace {

Status average_floats(const Evaluation& e) {
  pool<float>(
      e, 0.0f, [](float sum, float x) { return sum + x; },
      [](float sum, int32_t count) { return sum / static_cast<float>(count); }, float_limit(e));
  return {};
}

// The sum of a window of 2^31 pixels of 16 bits fits 64 bits.
template <typename Code>
Status average_codes(const Evaluation& e) {
  pool<Code>(
      e, int64_t{0}, [](int64_t sum, Code x) { return sum + x; },
      [](int64_t sum, int32_t count) {
        return static_cast<int32_t>(sum > 0 ? (sum + count / 2) / count : (sum - count / 2) / count);
      },
      code_limit<Code>(e));
  return {};
}

Status evaluate(const Evaluation& e) {
  switch (e.inputs[0].dtype()) {
    case DType::kFloat32: return average_floats(e);
    case DType::kInt8: return average_codes<int8_t>(e);
    case DType::kUInt8: return average_codes<uint8_t>(e);
    case DType::kInt16: return average_codes<int16_t>(e);
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

}  // namespace

const OpDef& op_average_pool_2d() {
  static const OpDef def = [] {
    OpDef average = pool_operator("AVERAGE_POOL_2D", 1);
    average.summary = "y[b,i,j,c] = act(mean x[b,i*s-p+ky,j*s-p+kx,c])";
    average.evaluate = evaluate;
    return average;
  }();
  return def;
}

}  // namespace pestle::ops
