// EXP
//   y = exp(x)
// int8 and int16 are tables (facts-kernels.md, section 1).
#include "base/elementary.h"
#include "ops/core/lookup_operator.h"

namespace pestle::ops {
namespace {

float table_entry(float x) { return static_cast<float>(elementary::exp(static_cast<double>(x))); }

}  // namespace

const OpDef& op_exp() {
  static const OpDef def = {
      .name = "EXP",
      .code = 47,
      .options_record = "ExpOptions",
      .summary = "y = exp(x)",
      .inputs = {{"x"}},
      .outputs = {{"y"}},
      .options = {},
      .types = {{"float32", {kF32}, {kF32}, 1}, {"int8", {kI8}, {kI8}, 2}, {"int16", {kI16}, {kI16}, 2}},
      .traits = {.output_may_share_input = true, .locality = Locality::kElement, .is_nonnegative = true},
      .infer = infer_unary,
      .evaluate = [](const Evaluation& e) { return evaluate_function(e, elementary::exp, table_entry); },
      .quantization = {.int8 = true,
                       .int16 = true,
                       .symmetric_int16 = true,
                       .inputs = {kActivationRule},
                       .outputs = {kActivationRule}},
      .layout = {LayoutKind::kFree},
  };
  return def;
}

}  // namespace pestle::ops
