// LOG
//   y = ln(x)
// int8 and int16 are tables (docs/semantics.md#tables).
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
  static const OpDef def = [] {
    OpDef log = unary_operator("LOG", 73);
    log.summary = "y = ln(x)";
    log.types = {{"float32", {kF32}, {kF32}, 1}, {"int8", {kI8}, {kI8}, 2}, {"int16", {kI16}, {kI16}, 2}};
    log.evaluate = evaluate;
    log.quantization = unary_quantization(true);
    return log;
  }();
  return def;
}

}  // namespace pestle::ops
