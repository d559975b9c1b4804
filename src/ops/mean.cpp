// MEAN
//   y = (sum of x over the axes) / n, n the number of elements summed into each output
// Quantized: the sum of q - z_x is scaled by s_x / s_y / n with a multiplier that is divided by n in integers
// (docs/semantics.md#reductions). int32 and int64 divide truncating; the mean of nothing is NaN, in integers 0.
#include <algorithm>
#include <bit>

#include "ops/core/reduce_sum.h"

namespace pestle::ops {
namespace {

// s_x / s_y / n: as many of n's bits as the exponent can take move there, the rest divides the multiplier.
FixedMultiplier mean_multiplier(const Evaluation& e, int64_t count) {
  FixedMultiplier m =
      quantize_multiplier(static_cast<double>(e.inputs[0].scale()) / static_cast<double>(e.outputs[0].scale()));
  const int log2 = static_cast<int>(std::bit_width(static_cast<uint64_t>(count))) - 1;
  const int shift = std::max(0, std::min({log2, 32, 31 + m.exponent}));
  m.multiplier = static_cast<int32_t>((static_cast<int64_t>(m.multiplier) << shift) / count);
  m.exponent -= shift;
  return m;
}

Status evaluate(const Evaluation& e) {
  PESTLE_ASSIGN(const Reduction r, reduction_of(e));
  return evaluate_reduced_sum(e, r,
                              {static_cast<double>(r.per_output), std::max<int64_t>(r.per_output, 1), mean_multiplier});
}

}  // namespace

const OpDef& op_mean() {
  static const OpDef def = [] {
    OpDef mean = reduction_operator("MEAN", 40);
    mean.summary = "y = mean of x over the axes";
    mean.types = {{"float32", {kF32, kI32}, {kF32}, 1},
                  {"uint8", {kU8, kI32}, {kU8}, 1},
                  {"integer", {kIndex, kI32}, {kIndex}, 1},
                  {"int8", {kI8, kI32}, {kI8}, 2},
                  {"int16", {kI16, kI32}, {kI16}, 3}};
    mean.evaluate = evaluate;
    mean.quantization = reduction_quantization(kActivationRule);
    return mean;
  }();
  return def;
}

}  // namespace pestle::ops
