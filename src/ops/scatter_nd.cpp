// SCATTER_ND
//   y = 0 of the shape in the operand `shape`; y[indices[i.., 0], .., b..] += updates[i.., b..]; where an index occurs
// twice both updates count (integers wrap, bool: or).
#include <type_traits>

#include "ops/core/op_def.h"
#include "ops/core/unknown_shape.h"

namespace pestle::ops {
namespace {

enum Operand { kIndices, kUpdates, kShape };

Status check_shapes(const Shape& indices, const Shape& updates, const Shape& y) {
  const int64_t depth = indices.back(0);
  if (depth == kUnknown) return {};
  bool fits = depth <= y.rank() && updates.rank() == indices.rank() - 1 + y.rank() - static_cast<int>(depth);
  for (int axis = 0; fits && axis < updates.rank(); ++axis) {
    const int in_y = axis - (indices.rank() - 1) + static_cast<int>(depth);
    const int64_t extent = axis + 1 < indices.rank() ? indices[axis] : y[in_y];
    fits = extent == updates[axis] || extent == kUnknown || updates[axis] == kUnknown;
  }
  if (fits) return {};
  return fail(ErrorCode::kInvalidModel, "updates of shape " + to_string(updates) + " do not fit indices " +
                                            to_string(indices) + " into " + to_string(y));
}

Status infer(Inference& in) {
  if (in.shape(kIndices).rank() < 1) return fail(ErrorCode::kInvalidModel, "indices must not be a scalar");
  if (in.shape(kShape).rank() != 1) return fail(ErrorCode::kInvalidModel, "shape must have rank 1");
  if (in.shape(kShape)[0] == kUnknown) return fail(ErrorCode::kUnsupported, "the rank of the result is not known");
  PESTLE_ASSIGN(Shape y, unknown_shape(in.shape(kShape)[0]));
  if (const auto known = in.ints(kShape)) {
    y = Shape(*known);
    if (!checked_elements(y)) return fail(ErrorCode::kInvalidModel, "an extent of shape is negative or too large");
  }
  PESTLE_TRY(check_shapes(in.shape(kIndices), in.shape(kUpdates), y));
  in.set(0, in.dtype(kUpdates), y);
  return {};
}

template <typename T>
T sum(T a, T b) {
  if constexpr (std::is_same_v<T, bool>) {
    return a || b;
  } else if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
  } else {
    return a + b;
  }
}

template <typename T>
Status scatter(const Evaluation& e) {
  const Shape& shape = e.inputs[kIndices].shape();
  const OutputOperand& out = e.outputs[0];
  const int32_t* indices = e.inputs[kIndices].as<int32_t>();
  const T* updates = e.inputs[kUpdates].as<T>();
  T* y = out.as<T>();
  const auto depth = static_cast<int>(shape.back(0));
  const std::vector<int64_t> steps = row_major_strides(out.shape());
  const int64_t run = depth == 0 ? out.elements() : steps[depth - 1];
  int64_t rows = 1;
  for (int axis = 0; axis + 1 < shape.rank(); ++axis) rows *= shape[axis];
  for (int64_t i = 0; i < out.elements(); ++i) y[i] = T{};
  for (int64_t row = 0; row < rows; ++row) {
    int64_t to = 0;
    for (int axis = 0; axis < depth; ++axis) {
      const int32_t index = indices[row * depth + axis];
      if (index < 0 || index >= out.shape()[axis]) {
        return fail(ErrorCode::kInvalidArgument,
                    "index " + std::to_string(index) + " is outside axis " + std::to_string(axis));
      }
      to += index * steps[axis];
    }
    for (int64_t k = 0; k < run; ++k) y[to + k] = sum(y[to + k], updates[row * run + k]);
  }
  return {};
}

Status evaluate(const Evaluation& e) {
  switch (e.outputs[0].dtype()) {
    case DType::kFloat32: return scatter<float>(e);
    case DType::kInt8: return scatter<int8_t>(e);
    case DType::kUInt8: return scatter<uint8_t>(e);
    case DType::kInt32: return scatter<int32_t>(e);
    case DType::kInt64: return scatter<int64_t>(e);
    case DType::kBool: return scatter<bool>(e);
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

}  // namespace

const OpDef& op_scatter_nd() {
  static const DTypeSet kBase = kF32 | kI8 | kU8 | kI32 | kI64 | kBool;
  static const OpDef def = {
      .name = "SCATTER_ND",
      .code = 122,
      .options_record = "ScatterNdOptions",
      .summary = "y[indices[i..],b..] += updates[i..,b..]",
      .inputs = {{"indices"}, {"updates"}, {"shape"}},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"base", {kI32, kBase, kI32}, {kBase}, 1}},
      .infer = infer,
      .evaluate = evaluate,
  };
  return def;
}

}  // namespace pestle::ops
