// TANH
//   y = tanh(x)
// 8 bits: a table whose entries are computed in float32; int16: a table of the sigmoid (facts-kernels.md, section 7).
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
  static const OpDef def = {
      .name = "TANH",
      .code = 28,
      .options_record = "",
      .summary = "y = tanh(x)",
      .inputs = {{"x"}},
      .outputs = {{"y"}},
      .options = {},
      .types = {{"float32", {kF32}, {kF32}, 1},
                {"uint8", {kU8}, {kU8}, 1},
                {"int8", {kI8}, {kI8}, 2},
                {"int16", {kI16}, {kI16}, 3}},
      .traits = {.output_may_share_input = true, .locality = Locality::kElement},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true,
                       .int16 = true,
                       .symmetric_int16 = true,
                       .inputs = {kActivationRule},
                       .outputs = {fixed_rule({1.0f / 128, 0, 1.0f / 32768})}},
      .layout = {LayoutKind::kFree},
  };
  return def;
}

}  // namespace pestle::ops
