// ELU
//   y = x if x >= 0, else exp(x) - 1
// int8 is a table (docs/semantics.md#tables).
#include "base/elementary.h"
#include "ops/core/lookup_operator.h"

namespace pestle::ops {
namespace {

double elu(double x) { return x < 0 ? elementary::expm1(x) : x; }

float table_entry(float x) { return static_cast<float>(elu(static_cast<double>(x))); }

}  // namespace

const OpDef& op_elu() {
  static const OpDef def = [] {
    OpDef linear_unit = unary_operator("ELU", 111);
    linear_unit.summary = "y = x >= 0 ? x : exp(x) - 1";
    linear_unit.types = {{"float32", {kF32}, {kF32}, 1}, {"int8", {kI8}, {kI8}, 1}};
    linear_unit.evaluate = [](const Evaluation& e) { return evaluate_function(e, elu, table_entry); };
    linear_unit.quantization = unary_quantization(false);
    return linear_unit;
  }();
  return def;
}

}  // namespace pestle::ops
