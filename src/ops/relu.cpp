// RELU
//   y = max(x, 0)
#include <limits>

#include "ops/core/clamp_operator.h"

namespace pestle::ops {

namespace {

constexpr ClampBounds kBounds{0.0f, std::numeric_limits<float>::infinity()};

}  // namespace

const OpDef& op_relu() {
  static const OpDef def = [] {
    OpDef relu = clamp_operator("RELU", 19, kBounds);
    relu.summary = "y = max(x, 0)";
    relu.types = {{"float32", {kF32}, {kF32}, 1},
                  {"uint8", {kU8}, {kU8}, 2},
                  {"int8", {kI8}, {kI8}, 2},
                  {"int16", {kI16}, {kI16}, 3}};
    relu.evaluate = [](const Evaluation& e) { return evaluate_clamp(e, kBounds); };
    relu.quantization.int16 = true;
    return relu;
  }();
  return def;
}

}  // namespace pestle::ops
