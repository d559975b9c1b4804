// WHERE
//   y[n] = the place of the n-th element of x, in row-major order, that is not zero, one index per axis.
#include <algorithm>

#include "ops/core/op_def.h"

namespace pestle::ops {
namespace {

template <typename T>
int64_t count_set(const std::optional<std::vector<T>>& values) {
  if (!values) return kUnknown;
  return std::count_if(values->begin(), values->end(), [](T value) { return value != T{0}; });
}

Status infer(Inference& in) {
  const int64_t count = is_float(in.dtype(0)) ? count_set(in.floats(0)) : count_set(in.ints(0));
  in.set(0, DType::kInt64, {count, in.shape(0).rank()});
  return {};
}

template <typename T>
void write_places(const std::vector<T>& values, const Shape& x, int64_t* y) {
  std::vector<int64_t> position(x.rank(), 0);
  for (const T& value : values) {
    if (value != T{0}) y = std::copy(position.begin(), position.end(), y);
    for (int axis = x.rank() - 1; axis >= 0 && ++position[axis] == x[axis]; --axis) position[axis] = 0;
  }
}

Status evaluate(const Evaluation& e) {
  const InputOperand& x = e.inputs[0];
  int64_t* y = e.outputs[0].as<int64_t>();
  if (is_float(x.dtype())) {
    write_places(to_floats(x.view()), x.shape(), y);
  } else {
    write_places(to_int64s(x.view()), x.shape(), y);
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
      .types = {{"bool", {kBool}, {kI64}, 1}, {"numbers", {kF32 | kI8 | kU8 | kI32 | kI64}, {kI64}, 2}},
      .infer = infer,
      .evaluate = evaluate,
  };
  return def;
}

}  // namespace pestle::ops
