// WHERE
//   y[n] = the place of the n-th element of x, in row-major order, that is not zero, one index per axis.
#include <algorithm>

#include "ops/core/op_def.h"

namespace pestle::ops {
namespace {

// As floats every type can be asked: no integer but 0 becomes 0.
Status infer(Inference& in) {
  const auto values = in.floats(0);
  const auto is_set = [](float value) { return value != 0.0f; };
  const int64_t count = values ? std::count_if(values->begin(), values->end(), is_set) : kUnknown;
  in.set(0, DType::kInt64, {count, in.shape(0).rank()});
  return {};
}

Status evaluate(const Evaluation& e) {
  const Shape& x = e.inputs[0].shape();
  int64_t* y = e.outputs[0].as<int64_t>();
  std::vector<int64_t> position(x.rank(), 0);
  for (float value : to_floats(e.inputs[0].view())) {
    if (value != 0.0f) y = std::copy(position.begin(), position.end(), y);
    for (int axis = x.rank() - 1; axis >= 0 && ++position[axis] == x[axis]; --axis) position[axis] = 0;
  }
  return {};
}

}  // namespace

const OpDef& op_where() {
  static const OpDef def = {
      .name = "WHERE",
      .code = 109,
      .options_record = "WhereOptions",
      .summary = "y[n] = place of the n-th element that is not zero",
      .inputs = {{"condition"}},
      .outputs = {{"index"}},
      .options = {},
      .types = {{"bool", {kBool}, {kI64}, 1}, {"numbers", {kF32 | kI8 | kU8 | kI32 | kI64 | kU32}, {kI64}, 2}},
      .infer = infer,
      .evaluate = evaluate,
  };
  return def;
}

}  // namespace pestle::ops
