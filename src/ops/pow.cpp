// POW
//   y = a^b, broadcasting. int32 takes no negative exponents and wraps on overflow.
#include <algorithm>

#include "base/elementary.h"
#include "ops/core/binary.h"
#include "ops/core/op_def.h"

namespace pestle::ops {
namespace {

int32_t integer_power(int32_t base, int32_t exponent) {
  uint32_t result = 1;
  auto square = static_cast<uint32_t>(base);
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result *= square;
    square *= square;
  }
  return static_cast<int32_t>(result);
}

Status evaluate(const Evaluation& e) {
  if (e.inputs[0].dtype() == DType::kFloat32) {
    map_binary<float>(e, [](float a, float b) {
      return static_cast<float>(elementary::pow(static_cast<double>(a), static_cast<double>(b)));
    });
    return {};
  }
  const int32_t* exponents = e.inputs[1].as<int32_t>();
  if (std::any_of(exponents, exponents + e.inputs[1].elements(), [](int32_t b) { return b < 0; })) {
    return fail(ErrorCode::kInvalidModel, "a negative exponent of an integer");
  }
  map_binary<int32_t>(e, integer_power);
  return {};
}

}  // namespace

const OpDef& op_pow() {
  static const OpDef def = {
      .name = "POW",
      .code = 78,
      .options_record = "PowOptions",
      .summary = "y = a^b",
      .inputs = {{"a"}, {"b"}},
      .outputs = {{"y"}},
      .options = {},
      .types = {{"float32", {kF32}, {kF32}, 1}, {"int32", {kI32}, {kI32}, 1}},
      .traits = {.output_may_share_input = true},
      .infer = infer_binary,
      .evaluate = evaluate,
      .layout = {LayoutKind::kBroadcast},
  };
  return def;
}

}  // namespace pestle::ops
