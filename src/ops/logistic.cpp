// LOGISTIC
//   y = 1 / (1 + exp(-x))
// 8 bits: a table whose entries are computed in float32; int16: a table of the sigmoid (docs/semantics.md#sigmoid).
#include "base/elementary.h"
#include "ops/core/lookup_operator.h"
#include "ops/core/requantize.h"
#include "ops/core/sigmoid_int16.h"

namespace pestle::ops {
namespace {

Status infer(Inference& in) {
  const ir::Type& y = in.declared(0);
  if (in.dtype(0) != DType::kInt16 && has_scale(y) && y.scale() != 1.0f / 256.0f) {
    return fail(ErrorCode::kInvalidModel, "the output's scale must be 1/256");
  }
  PESTLE_TRY(check_sigmoid_int16(in));
  return infer_unary(in);
}

// In float32 step by step, as the entries of TFLite's table.
float table_entry(float x) { return 1.0f / (1.0f + static_cast<float>(elementary::exp(-static_cast<double>(x)))); }

Status evaluate(const Evaluation& e) {
  if (e.inputs[0].dtype() != DType::kInt16) return evaluate_function(e, elementary::logistic, table_entry);
  evaluate_sigmoid_int16(e, SigmoidKind::kLogistic);
  return {};
}

}  // namespace

const OpDef& op_logistic() {
  static const OpDef def = [] {
    OpDef logistic = sigmoid_operator("LOGISTIC", 14, 1.0f / 256, -128);
    logistic.summary = "y = 1 / (1 + exp(-x))";
    logistic.infer = infer;
    logistic.evaluate = evaluate;
    logistic.traits.is_nonnegative = true;
    return logistic;
  }();
  return def;
}

}  // namespace pestle::ops
