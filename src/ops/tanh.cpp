// TANH
//   y = tanh(x)
// 8 bits: a table whose entries are computed in float32; int16: a table of the sigmoid (docs/semantics.md#sigmoid).
#include "base/elementary.h"
#include "ops/core/lookup_operator.h"
#include "ops/core/sigmoid_int16.h"

namespace pestle::ops {
namespace {

Status infer(Inference& in) {
  PESTLE_TRY(check_sigmoid_int16(in));
  return infer_unary(in);
}

float table_entry(float x) { return static_cast<float>(elementary::tanh(static_cast<double>(x))); }

Status evaluate(const Evaluation& e) {
  if (e.inputs[0].dtype() != DType::kInt16) return evaluate_function(e, elementary::tanh, table_entry);
  evaluate_sigmoid_int16(e, SigmoidKind::kTanh);
  return {};
}

}  // namespace

const OpDef& op_tanh() {
  static const OpDef def = [] {
    OpDef tanh = sigmoid_operator("TANH", 28, 1.0f / 128, 0);
    tanh.summary = "y = tanh(x)";
    tanh.infer = infer;
    tanh.evaluate = evaluate;
    return tanh;
  }();
  return def;
}

}  // namespace pestle::ops
