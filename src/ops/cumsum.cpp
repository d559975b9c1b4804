// CUMSUM
//   y[i] = sum of x[k] for k <= i along an axis (`exclusive`: k < i; `reverse`: from the other end), in this order.
#include "ops/core/op_def.h"
#include "ops/core/remap.h"
#include "ops/core/split.h"

namespace pestle::ops {
namespace {

constexpr BoolOption kExclusive{"exclusive", false};
constexpr BoolOption kReverse{"reverse", false};

enum Operand { kInput, kAxis };

Status infer(Inference& in) {
  PESTLE_TRY(axis_operand(in, kAxis, in.shape(kInput).rank()));
  in.set(0, in.dtype(kInput), in.shape(kInput));
  return {};
}

// Sums wrap in integers.
inline float add(float a, float b) { return a + b; }
inline int32_t add(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}
inline int64_t add(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

template <typename T>
Status sum_along(const Evaluation& e) {
  const Shape& shape = e.inputs[kInput].shape();
  const auto axis = resolve_axis(to_int64s(e.inputs[kAxis].view()).front(), shape.rank());
  if (!axis) return fail(ErrorCode::kInvalidArgument, "the axis is out of range");
  const T* x = e.inputs[kInput].as<T>();
  T* y = e.outputs[0].as<T>();
  const int64_t step = row_major_strides(shape)[*axis];
  const int64_t length = shape[*axis];
  for (int64_t i = 0; i < shape.elements(); ++i) {
    if (i / step % length != 0) continue;  // the first of its line
    T sum{};
    for (int64_t k = 0; k < length; ++k) {
      const int64_t at = i + (kReverse(e.node) ? length - 1 - k : k) * step;
      const T next = add(sum, x[at]);
      y[at] = kExclusive(e.node) ? sum : next;
      sum = next;
    }
  }
  return {};
}

Status evaluate(const Evaluation& e) {
  switch (e.inputs[kInput].dtype()) {
    case DType::kFloat32: return sum_along<float>(e);
    case DType::kInt32: return sum_along<int32_t>(e);
    case DType::kInt64: return sum_along<int64_t>(e);
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

bool remap(LayoutEdit& edit) { return remap_axis_operand(edit, kAxis); }

}  // namespace

const OpDef& op_cumsum() {
  static const OpDef def = {
      .name = "CUMSUM",
      .code = 128,
      .options_record = "CumsumOptions",
      .summary = "y[i] = sum of x[k], k <= i, along axis",
      .inputs = {{"input"}, {"axis"}},
      .outputs = {{"output"}},
      .options = {kExclusive.info(), kReverse.info()},
      .types = {{"base", {kF32 | kI32 | kI64, kI32}, {kF32 | kI32 | kI64}, 1}},
      .infer = infer,
      .evaluate = evaluate,
      .layout = {LayoutKind::kRemaps, {kInput}, remap},
  };
  return def;
}

}  // namespace pestle::ops
