// RELU6
//   y = min(max(x, 0), 6)
#include "ops/core/clamp_operator.h"

namespace pestle::ops {

namespace {

constexpr ClampBounds kBounds{0.0f, 6.0f};

}  // namespace

const OpDef& op_relu6() {
  static const OpDef def = [] {
    OpDef relu6 = clamp_operator("RELU6", 21, kBounds);
    relu6.summary = "y = min(max(x, 0), 6)";
    relu6.types = {{"float32", {kF32}, {kF32}, 1},
                   {"uint8", {kU8}, {kU8}, 1},
                   {"int8", {kI8}, {kI8}, 2},
                   {"int16", {kI16}, {kI16}, 3}};
    relu6.evaluate = [](const Evaluation& e) { return evaluate_clamp(e, kBounds); };
    relu6.quantization.int16 = true;
    return relu6;
  }();
  return def;
}

}  // namespace pestle::ops
