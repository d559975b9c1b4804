// GELU
//   y = x/2 * (1 + erf(x / sqrt(2))), or with `approximate`
//   y = x/2 * (1 + tanh(sqrt(2/pi) * (x + 0.044715 x^3))).
// 8 bits are a table (docs/semantics.md#tables).
#include "base/elementary.h"
#include "ops/core/lookup_operator.h"

namespace pestle::ops {
namespace {

constexpr BoolOption kApproximate{"approximate", false};
constexpr double kSqrtHalf = 0.70710678118654752440;
constexpr double kSqrtTwoOverPi = 0.79788456080286535588;

double gelu(double x) { return 0.5 * x * (1.0 + elementary::erf(x * kSqrtHalf)); }

double gelu_approximate(double x) {
  return 0.5 * x * (1.0 + elementary::tanh(kSqrtTwoOverPi * (x + 0.044715 * x * x * x)));
}

// In float32 step by step, as the entries of TFLite's tables.
float table_entry(float x) {
  const auto erf = static_cast<float>(elementary::erf(static_cast<double>(x * static_cast<float>(kSqrtHalf))));
  return 0.5f * x * (1.0f + erf);
}

float table_entry_approximate(float x) {
  const float argument = static_cast<float>(kSqrtTwoOverPi) * (x + 0.044715f * x * x * x);
  return 0.5f * x * (1.0f + static_cast<float>(elementary::tanh(static_cast<double>(argument))));
}

Status evaluate(const Evaluation& e) {
  return kApproximate(e.node) ? evaluate_function(e, gelu_approximate, table_entry_approximate)
                              : evaluate_function(e, gelu, table_entry);
}

}  // namespace

const OpDef& op_gelu() {
  static const OpDef def = [] {
    OpDef gelu = unary_operator("GELU", 150);
    gelu.options_record = "GeluOptions";
    gelu.summary = "y = x/2 * (1 + erf(x / sqrt(2)))";
    gelu.options = {kApproximate.info()};
    gelu.types = {{"float32", {kF32}, {kF32}, 1}, {"uint8", {kU8}, {kU8}, 2}, {"int8", {kI8}, {kI8}, 2}};
    gelu.evaluate = evaluate;
    gelu.quantization = unary_quantization(false);
    return gelu;
  }();
  return def;
}

}  // namespace pestle::ops
