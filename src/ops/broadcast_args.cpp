// BROADCAST_ARGS
//   y = the shape to which the shapes s0 and s1 (lists of extents) broadcast.
#include <algorithm>

#include "ops/core/op_def.h"
#include "ops/core/visit.h"

namespace pestle::ops {
namespace {

Status infer(Inference& in) {
  if (in.shape(0).rank() != 1 || in.shape(1).rank() != 1 || in.dtype(0) != in.dtype(1)) {
    return fail(ErrorCode::kInvalidModel, "shapes must be lists of one type");
  }
  const int64_t a = in.shape(0)[0], b = in.shape(1)[0];
  in.set(0, in.dtype(0), {a == kUnknown || b == kUnknown ? kUnknown : std::max(a, b)});
  return {};
}

Status evaluate(const Evaluation& e) {
  return visit<int32_t, int64_t>(e.outputs[0].dtype(), [&](auto zero) -> Status {
    using T = decltype(zero);
    const int64_t rank = e.outputs[0].elements();
    const auto extent = [&](int operand, int64_t axis) {
      const int64_t at = axis - (rank - e.inputs[operand].elements());
      return at < 0 ? T{1} : e.inputs[operand].as<T>()[at];
    };
    for (int64_t axis = 0; axis < rank; ++axis) {
      const T a = extent(0, axis), b = extent(1, axis);
      if (a != b && a != 1 && b != 1) return fail(ErrorCode::kInvalidArgument, "the shapes do not broadcast");
      e.outputs[0].as<T>()[axis] = a == 1 ? b : a;
    }
    return {};
  });
}

}  // namespace

const OpDef& op_broadcast_args() {
  static const OpDef def = {
      .name = "BROADCAST_ARGS",
      .code = 145,
      .options_record = "",
      .summary = "y = the shape to which shapes s0 and s1 broadcast",
      .inputs = {{"s0"}, {"s1"}},
      .outputs = {{"shape"}},
      .options = {},
      .types = {{"base", {kIndex}, {kIndex}, 1}},
      .infer = infer,
      .evaluate = evaluate,
  };
  return def;
}

}  // namespace pestle::ops
