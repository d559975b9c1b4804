// SPARSE_TO_DENSE
//   y = default_value in the shape of operand 1, but y[indices[n, ..]] = values[n] (or the one value). Indices are
//   [n, axes], [n] for one axis, or a scalar. A place outside y is an error.
#include <cstring>

#include "ops/core/copy.h"
#include "ops/core/op_def.h"
#include "ops/core/unknown_shape.h"

namespace pestle::ops {
namespace {

constexpr BoolOption kValidateIndices{"validate_indices", false};

enum Operand { kIndices, kShape, kValues, kDefault };

// How many places there are, and of how many numbers each.
struct Places {
  int64_t count = 1;
  int64_t depth = 1;
};
Places places_of(const Shape& indices) {
  if (indices.rank() == 2) return {indices[0], indices[1]};
  return {indices.rank() == 1 ? indices[0] : 1, 1};
}

Status infer(Inference& in) {
  const Shape& indices = in.shape(kIndices);
  const Shape& shape = in.shape(kShape);
  const Shape& values = in.shape(kValues);
  if (indices.rank() > 2 || shape.rank() != 1 || values.rank() > 1 || in.shape(kDefault).rank() != 0 ||
      in.dtype(kValues) != in.dtype(kDefault)) {
    return fail(ErrorCode::kInvalidModel, "indices, shape, values and default do not fit");
  }
  if (shape[0] == kUnknown) return fail(ErrorCode::kUnsupported, "the rank of the result is not known");
  const Places places = places_of(indices);
  const bool fits =
      (places.depth == shape[0] || places.depth == kUnknown) &&
      (values.rank() == 0 || values[0] == places.count || values[0] == kUnknown || places.count == kUnknown);
  if (!fits) return fail(ErrorCode::kInvalidModel, "indices " + to_string(indices) + " do not fit the shape");
  PESTLE_ASSIGN(Shape y, unknown_shape(shape[0]));
  if (const auto known = in.ints(kShape)) {
    y = Shape(*known);
    if (!checked_elements(y)) return fail(ErrorCode::kInvalidModel, "an extent of shape is negative or too large");
  }
  in.set(0, in.dtype(kValues), std::move(y));
  return {};
}

Status evaluate(const Evaluation& e) {
  const OutputOperand& y = e.outputs[0];
  const std::vector<int64_t> indices = to_int64s(e.inputs[kIndices].view());
  const std::vector<int64_t> steps = row_major_strides(y.shape());
  const Places places = places_of(e.inputs[kIndices].shape());
  const size_t size = storage_bytes(y.dtype(), 1);
  if (y.elements() > 0) fill_elements(e.inputs[kDefault].data, size, y.elements(), y.data);
  for (int64_t n = 0; n < places.count; ++n) {
    int64_t at = 0;
    for (int axis = 0; axis < y.shape().rank(); ++axis) {
      const int64_t index = indices[n * places.depth + axis];
      if (index < 0 || index >= y.shape()[axis])
        return fail(ErrorCode::kInvalidArgument,
                    "index " + std::to_string(index) + " is outside axis " + std::to_string(axis));
      at += index * steps[axis];
    }
    const int64_t from = e.inputs[kValues].shape().rank() == 0 ? 0 : n;
    std::memcpy(y.data + static_cast<size_t>(at) * size, e.inputs[kValues].data + static_cast<size_t>(from) * size,
                size);
  }
  return {};
}

}  // namespace

const OpDef& op_sparse_to_dense() {
  constexpr DTypeSet kBase = kF32 | kI32;
  static const OpDef def = {
      .name = "SPARSE_TO_DENSE",
      .code = 68,
      .options_record = "SparseToDenseOptions",
      .summary = "y = default, but y[indices[n,..]] = values[n]",
      .inputs = {{"sparse_indices"}, {"output_shape"}, {"sparse_values"}, {"default_value"}},
      .outputs = {{"dense"}},
      .options = {kValidateIndices.info()},
      .types = {{"base", {kIndex, kIndex, kBase, kBase}, {kBase}, 1},
                {"int64", {kIndex, kIndex, kI64, kI64}, {kI64}, 2},
                {"8-bit", {kIndex, kIndex, kI8 | kU8, kI8 | kU8}, {kI8 | kU8}, 3}},
      .infer = infer,
      .evaluate = evaluate,
  };
  return def;
}

}  // namespace pestle::ops
