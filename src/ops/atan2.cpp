// ATAN2
//   z = the angle of the point (x, y) from the axis of x, in (-pi, pi]; both operands have one shape.
#include "base/elementary.h"
#include "ops/core/op_def.h"
#include "ops/core/visit.h"

namespace pestle::ops {
namespace {

Status infer(Inference& in) {
  if (in.dtype(0) != in.dtype(1) ||
      (in.shape(0).is_static() && in.shape(1).is_static() && !(in.shape(0) == in.shape(1))))
    return fail(ErrorCode::kInvalidModel, "both operands must have one type and shape");
  in.set(0, in.dtype(0), in.shape(0));
  return {};
}

Status evaluate(const Evaluation& e) {
  return visit<float, double>(e.outputs[0].dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (int64_t i = 0; i < e.outputs[0].elements(); ++i) {
      e.outputs[0].as<T>()[i] = static_cast<T>(elementary::atan2(e.inputs[0].as<T>()[i], e.inputs[1].as<T>()[i]));
    }
  });
}

}  // namespace

const OpDef& op_atan2() {
  static const OpDef def = {
      .name = "ATAN2",
      .code = 156,
      .options_record = "ATan2Options",
      .summary = "z = the angle of (x, y)",
      .inputs = {{"y"}, {"x"}},
      .outputs = {{"z"}},
      .options = {},
      .types = {{"float32", {kF32}, {kF32}, 1}, {"float64", {DType::kFloat64}, {DType::kFloat64}, 1}},
      .traits = {.output_may_share_input = true},
      .infer = infer,
      .evaluate = evaluate,
      .layout = {LayoutKind::kBroadcast},
  };
  return def;
}

}  // namespace pestle::ops
