// LOG
//   y = ln(x)
// int8 and int16 are tables (facts-kernels.md, sections 1 and 7).
#include "base/elementary.h"
#include "ops/core/fused_activation.h"
#include "ops/core/lookup_operator.h"

namespace pestle::ops {
namespace {

// The logarithm of what is not positive is the lowest number that the output can hold.
float table_entry(float x, float lowest) {
  return x <= 0 ? lowest : static_cast<float>(elementary::log(static_cast<double>(x)));
}

Status evaluate(const Evaluation& e) {
  const ir::Type& y = *e.outputs[0].type;
  float lowest = 0;
  if (y.dtype != DType::kFloat32) lowest = y.scale() * static_cast<float>(code_range(y.dtype).low - y.zero_point());
  return evaluate_function(e, elementary::log, [lowest](float x) { return table_entry(x, lowest); });
}

}  // namespace

const OpDef& op_log() {
  static const OpDef def = {
      .name = "LOG",
      .code = 73,
      .options_record = "",
      .summary = "y = ln(x)",
      .inputs = {{"x"}},
      .outputs = {{"y"}},
      .options = {},
      .types = {{"float32", {kF32}, {kF32}, 1}, {"int8", {kI8}, {kI8}, 2}, {"int16", {kI16}, {kI16}, 2}},
      .traits = {.output_may_share_input = true, .locality = Locality::kElement},
      .infer = infer_unary,
      .evaluate = evaluate,
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
