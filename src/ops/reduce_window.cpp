// REDUCE_WINDOW
//   y[i..] = init, folded by reduce_function with x[i*stride + tap*dilation ..] over the taps of the window, in order.
// Window, strides and dilations are constants of one number an axis. Where the last window of an axis would not end
// inside x, TFLite's kernel reads beyond it; here that is refused.
#include <algorithm>

#include "ops/core/op_def.h"
#include "ops/core/visit.h"

namespace pestle::ops {
namespace {

enum class Function : uint8_t { kUnsupported, kAdd, kMul, kMinimum, kMaximum, kAll, kAny };
constexpr const char* kFunctionNames[] = {"UNSUPPORTED", "ADD", "MUL", "MINIMUM", "MAXIMUM", "ALL", "ANY"};
constexpr EnumOption<Function> kFunction{"reduce_function", kFunctionNames};

constexpr int kMaxRank = 6;

enum Operand { kInput, kInit, kWindow, kStrides, kDilations };

// The extent of the output along one axis, or -1.
int64_t windows_along(int64_t extent, int64_t window, int64_t stride, int64_t dilation) {
  constexpr int64_t kMost = 1 << 24;
  for (int64_t n : {window, stride, dilation}) {
    if (n < 1 || n > kMost) return -1;
  }
  const int64_t rest = extent - ((window - 1) * dilation + 1);
  return rest < 0 || rest % stride != 0 ? -1 : rest / stride + 1;
}

Status infer(Inference& in) {
  const Shape& x = in.shape(kInput);
  if (kFunction(in.node()) == Function::kUnsupported)
    return fail(ErrorCode::kInvalidModel, "reduce_function is not set");
  if (x.rank() < 1 || x.rank() > kMaxRank || in.dtype(kInit) != in.dtype(kInput))
    return fail(ErrorCode::kInvalidModel, "the input must have 1 to 6 axes and the type of the initial value");
  for (int i : {kWindow, kStrides, kDilations}) {
    if (!(in.shape(i) == Shape{x.rank()})) return fail(ErrorCode::kInvalidModel, "there must be one number an axis");
  }
  const auto window = in.ints(kWindow), strides = in.ints(kStrides), dilations = in.ints(kDilations);
  Shape y(std::vector<int64_t>(x.rank(), kUnknown));
  for (int axis = 0; axis < x.rank() && window && strides && dilations; ++axis) {
    if (x[axis] == kUnknown) continue;
    y[axis] = windows_along(x[axis], (*window)[axis], (*strides)[axis], (*dilations)[axis]);
    if (y[axis] < 0) return fail(ErrorCode::kUnsupported, "the windows do not fit axis " + std::to_string(axis));
  }
  in.set(0, in.dtype(kInput), std::move(y));
  return {};
}

// Integers wrap; of bools every sum but 0 is true.
template <typename T>
T wrap(uint64_t value) {
  return static_cast<T>(value);
}

template <typename T>
T apply(Function function, T a, T b) {
  constexpr bool kWhole = std::is_integral_v<T>;
  switch (function) {
    case Function::kAdd:
      if constexpr (kWhole)
        return wrap<T>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
      else
        return a + b;
    case Function::kMul:
      if constexpr (kWhole)
        return wrap<T>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
      else
        return a * b;
    case Function::kMinimum: return a <= b ? a : b;
    case Function::kMaximum: return a >= b ? a : b;
    case Function::kAll: return static_cast<T>(a != T{0} && b != T{0});
    case Function::kAny: return static_cast<T>(a != T{0} || b != T{0});
    case Function::kUnsupported: break;
  }
  return a;
}

// Calls body(offset) for every place of a box, in order; offset = sum of place times steps.
template <typename Body>
void for_each_place(const std::vector<int64_t>& extents, const std::vector<int64_t>& steps, Body body) {
  for (int64_t extent : extents) {
    if (extent == 0) return;
  }
  std::vector<int64_t> place(extents.size(), 0);
  int64_t offset = 0;
  while (true) {
    body(offset);
    int axis = static_cast<int>(extents.size()) - 1;
    for (; axis >= 0; --axis) {
      offset += steps[axis];
      if (++place[axis] < extents[axis]) break;
      offset -= steps[axis] * extents[axis];
      place[axis] = 0;
    }
    if (axis < 0) return;
  }
}

Status evaluate(const Evaluation& e) {
  const std::vector<int64_t> window = to_int64s(e.inputs[kWindow].view());
  std::vector<int64_t> strides = to_int64s(e.inputs[kStrides].view());
  std::vector<int64_t> dilations = to_int64s(e.inputs[kDilations].view());
  const std::vector<int64_t> steps = row_major_strides(e.inputs[kInput].shape());
  for (size_t axis = 0; axis < steps.size(); ++axis) {
    strides[axis] *= steps[axis];
    dilations[axis] *= steps[axis];
  }
  const Shape& shape = e.outputs[0].shape();
  const std::vector<int64_t> extents(shape.begin(), shape.end());
  const Function function = kFunction(e.node);
  return visit<float, double, int8_t, int16_t, int32_t, int64_t, uint8_t, bool>(
      e.inputs[kInput].dtype(), [&](auto zero) {
        using T = decltype(zero);
        const T* x = e.inputs[kInput].as<T>();
        T* y = e.outputs[0].as<T>();
        for_each_place(extents, strides, [&](int64_t from) {
          T value = *e.inputs[kInit].as<T>();
          for_each_place(window, dilations, [&](int64_t tap) { value = apply<T>(function, value, x[from + tap]); });
          *y++ = value;
        });
      });
}

}  // namespace

const OpDef& op_reduce_window() {
  constexpr DTypeSet kBase = kF32 | DTypeSet(DType::kFloat64) | kI8 | kI16 | kI32 | kI64 | kU8 | kBool;
  static const OpDef def = {
      .name = "REDUCE_WINDOW",
      .code = 205,
      .options_record = "ReduceWindowOptions",
      .summary = "y[i..] = init folded with x over the window at i*stride",
      .inputs = {{"input"}, {"init_value"}, {"window_shape"}, {"window_strides"}, {"window_dilations"}},
      .outputs = {{"output"}},
      .options = {kFunction.info()},
      .types = {{"base", {kBase, kBase, kI64, kI64, kI64}, {kBase}, 1}},
      .infer = infer,
      .evaluate = evaluate,
  };
  return def;
}

}  // namespace pestle::ops
