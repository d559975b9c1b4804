// LOGICAL_NOT
//   y[i] = not x[i]
#include "ops/core/op_def.h"

namespace pestle::ops {
namespace {

Status infer(Inference& in) {
  in.set(0, DType::kBool, in.shape(0));
  return {};
}

Status evaluate(const Evaluation& e) {
  const bool* x = e.inputs[0].as<bool>();
  bool* y = e.outputs[0].as<bool>();
  for (int64_t i = 0; i < e.outputs[0].elements(); ++i) y[i] = !x[i];
  return {};
}

}  // namespace

const OpDef& op_logical_not() {
  static const OpDef def = {
      .name = "LOGICAL_NOT",
      .code = 87,
      .options_record = "LogicalNotOptions",
      .summary = "y = not x",
      .inputs = {{"lhs"}},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"bool", {kBool}, {kBool}, 1}},
      .traits = {.output_may_share_input = true, .locality = Locality::kElement},
      .infer = infer,
      .evaluate = evaluate,
      .layout = {LayoutKind::kFree},
  };
  return def;
}

}  // namespace pestle::ops
