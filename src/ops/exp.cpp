// EXP
//   y = exp(x)
// int8 and int16 are tables (docs/semantics.md#tables).
#include "base/elementary.h"
#include "ops/core/lookup_operator.h"

namespace pestle::ops {
namespace {

float table_entry(float x) { return static_cast<float>(elementary::exp(static_cast<double>(x))); }

}  // namespace

const OpDef& op_exp() {
  static const OpDef def = [] {
    OpDef exp = unary_operator("EXP", 47);
    exp.options_record = "ExpOptions";
    exp.summary = "y = exp(x)";
    exp.types = {{"float32", {kF32}, {kF32}, 1}, {"int8", {kI8}, {kI8}, 2}, {"int16", {kI16}, {kI16}, 2}};
    exp.evaluate = [](const Evaluation& e) { return evaluate_function(e, elementary::exp, table_entry); };
    exp.traits.is_nonnegative = true;
    exp.quantization = unary_quantization(true);
    return exp;
  }();
  return def;
}

}  // namespace pestle::ops
