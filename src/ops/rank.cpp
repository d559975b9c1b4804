// RANK
//   y = the number of axes of x.
#include "ops/core/op_def.h"

namespace pestle::ops {
namespace {

Status infer(Inference& in) {
  in.set(0, DType::kInt32, {});
  return {};
}

Status evaluate(const Evaluation& e) {
  *e.outputs[0].as<int32_t>() = e.inputs[0].shape().rank();
  return {};
}

}  // namespace

const OpDef& op_rank() {
  static const OpDef def = {
      .name = "RANK",
      .code = 110,
      .options_record = "RankOptions",
      .summary = "y = the number of axes of x",
      .inputs = {{"input"}},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"any", {kAnyWhole | kI4}, {kI32}, 1}},
      .traits = {.depends_on_shape_only = true},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true, .int16 = true, .inputs = {kActivationRule}, .outputs = {kNoRule}},
  };
  return def;
}

}  // namespace pestle::ops
