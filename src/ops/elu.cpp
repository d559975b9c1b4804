// ELU
//   y = x if x >= 0, else exp(x) - 1
// int8 is a table (facts-kernels.md, section 7).
#include "base/elementary.h"
#include "ops/core/lookup_operator.h"

namespace pestle::ops {
namespace {

double elu(double x) { return x < 0 ? elementary::expm1(x) : x; }

float table_entry(float x) { return static_cast<float>(elu(static_cast<double>(x))); }

}  // namespace

const OpDef& op_elu() {
  static const OpDef def = {
      .name = "ELU",
      .code = 111,
      .options_record = "",
      .summary = "y = x >= 0 ? x : exp(x) - 1",
      .inputs = {{"x"}},
      .outputs = {{"y"}},
      .options = {},
      .types = {{"float32", {kF32}, {kF32}, 1}, {"int8", {kI8}, {kI8}, 1}},
      .traits = {.output_may_share_input = true, .locality = Locality::kElement},
      .infer = infer_unary,
      .evaluate = [](const Evaluation& e) { return evaluate_function(e, elu, table_entry); },
      .quantization = {.int8 = true, .inputs = {kActivationRule}, .outputs = {kActivationRule}},
      .layout = {LayoutKind::kFree},
  };
  return def;
}

}  // namespace pestle::ops
