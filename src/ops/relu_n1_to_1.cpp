// RELU_N1_TO_1
//   y = min(max(x, -1), 1)
#include "ops/core/clamp_operator.h"

namespace pestle::ops {

namespace {

constexpr ClampBounds kBounds{-1.0f, 1.0f};

}  // namespace

const OpDef& op_relu_n1_to_1() {
  static const OpDef def = [] {
    OpDef clamp = clamp_operator("RELU_N1_TO_1", 20, kBounds);
    clamp.summary = "y = min(max(x, -1), 1)";
    clamp.types = {{"float32", {kF32}, {kF32}, 1}, {"uint8", {kU8}, {kU8}, 1}, {"int8", {kI8}, {kI8}, 1}};
    clamp.evaluate = [](const Evaluation& e) { return evaluate_clamp(e, kBounds); };
    return clamp;
  }();
  return def;
}

}  // namespace pestle::ops
