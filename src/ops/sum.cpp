// SUM
//   y = sum of x over the axes
// Quantized: the sum of q - z_x, scaled by s_x / s_y (docs/semantics.md#reductions). LiteRT's reference resolver reads
// the codes as uint8 and is not followed; its default kernel agrees to within rounding. Integers wrap.
#include "ops/core/reduce_sum.h"

namespace pestle::ops {
namespace {

FixedMultiplier sum_multiplier(const Evaluation& e, int64_t) {
  return quantize_multiplier(static_cast<double>(e.inputs[0].scale()) / static_cast<double>(e.outputs[0].scale()));
}

Status evaluate(const Evaluation& e) {
  PESTLE_ASSIGN(const Reduction r, reduction_of(e));
  return evaluate_reduced_sum(e, r, {.multiplier = sum_multiplier});
}

}  // namespace

const OpDef& op_sum() {
  static const OpDef def = [] {
    OpDef sum = reduction_operator("SUM", 74);
    sum.summary = "y = sum of x over the axes";
    sum.types = {{"float32", {kF32, kI32}, {kF32}, 1},
                 {"uint8", {kU8, kI32}, {kU8}, 1},
                 {"integer", {kIndex, kI32}, {kIndex}, 1},
                 {"int8", {kI8, kI32}, {kI8}, 2},
                 {"int16", {kI16, kI32}, {kI16}, 2}};
    sum.evaluate = evaluate;
    sum.quantization = reduction_quantization(kActivationRule);
    return sum;
  }();
  return def;
}

}  // namespace pestle::ops
