// ADD_N
//   y = the sum of all inputs, which have one shape, from the first to the last. Integers wrap.
#include "ops/core/op_def.h"
#include "ops/core/visit.h"

namespace pestle::ops {
namespace {

Status infer(Inference& in) {
  for (int i = 1; i < in.inputs(); ++i) {
    if (in.dtype(i) != in.dtype(0) || in.shape(i).rank() != in.shape(0).rank() ||
        (in.shape(i).is_static() && in.shape(0).is_static() && !(in.shape(i) == in.shape(0)))) {
      return fail(ErrorCode::kInvalidModel, "input " + std::to_string(i) + " has another type or shape than input 0");
    }
  }
  in.set(0, in.dtype(0), in.shape(0));
  return {};
}

template <typename T>
T sum(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
  } else {
    return a + b;
  }
}

Status evaluate(const Evaluation& e) {
  return visit<float, int32_t>(e.outputs[0].dtype(), [&](auto zero) {
    using T = decltype(zero);
    T* y = e.outputs[0].as<T>();
    for (int64_t i = 0; i < e.outputs[0].elements(); ++i) {
      y[i] = e.inputs[0].as<T>()[i];
      for (size_t k = 1; k < e.inputs.size(); ++k) y[i] = sum(y[i], e.inputs[k].as<T>()[i]);
    }
  });
}

}  // namespace

const OpDef& op_add_n() {
  static const OpDef def = {
      .name = "ADD_N",
      .code = 106,
      .options_record = "AddNOptions",
      .summary = "y = x0 + x1 + ..",
      .inputs = {{"inputs", OperandDef::kVariadic}},
      .outputs = {{"sum"}},
      .options = {},
      .types = {{"base", {kF32 | kI32}, {kF32 | kI32}, 1}},
      .infer = infer,
      .evaluate = evaluate,
      .layout = {LayoutKind::kBroadcast},
  };
  return def;
}

}  // namespace pestle::ops
