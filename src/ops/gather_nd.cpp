// GATHER_ND
//   y[i.., b..] = x[indices[i.., 0], indices[i.., 1], .., b..]
#include <algorithm>
#include <cstring>

#include "ops/core/op_def.h"

namespace pestle::ops {
namespace {

enum Operand { kInput, kIndices };

Status infer(Inference& in) {
  const Shape& x = in.shape(kInput);
  const Shape& indices = in.shape(kIndices);
  if (indices.rank() < 1 || x.rank() < 1)
    return fail(ErrorCode::kInvalidModel, "params and indices must not be scalars");
  const int64_t depth = indices.back(0);
  if (depth == kUnknown) return fail(ErrorCode::kUnsupported, "the rank of the result is not known");
  if (depth > x.rank()) {
    return fail(ErrorCode::kInvalidModel,
                std::to_string(depth) + " indices for an input of rank " + std::to_string(x.rank()));
  }
  Shape y;
  for (int axis = 0; axis + 1 < indices.rank(); ++axis) y.push_back(indices[axis]);
  for (int axis = static_cast<int>(depth); axis < x.rank(); ++axis) y.push_back(x[axis]);
  in.set(0, in.dtype(kInput), y);
  return {};
}

Status evaluate(const Evaluation& e) {
  const InputOperand& x = e.inputs[kInput];
  const Shape& shape = e.inputs[kIndices].shape();
  const std::vector<int64_t> indices = to_int64s(e.inputs[kIndices].view());
  const std::vector<int64_t> steps = row_major_strides(x.shape());
  const auto depth = static_cast<int>(shape.back(0));
  const int64_t run = depth == 0 ? x.elements() : steps[depth - 1];
  const size_t bytes = static_cast<size_t>(run) * storage_bytes(x.dtype(), 1);
  int64_t rows = 1;
  for (int axis = 0; axis + 1 < shape.rank(); ++axis) rows *= shape[axis];
  std::byte* to = e.outputs[0].data;
  for (int64_t row = 0; row < rows; ++row, to += bytes) {
    int64_t from = 0;
    for (int axis = 0; axis < depth; ++axis) {
      const int64_t index = indices[static_cast<size_t>(row * depth + axis)];
      if (index < 0 || index >= x.shape()[axis]) {
        return fail(ErrorCode::kInvalidArgument,
                    "index " + std::to_string(index) + " is outside axis " + std::to_string(axis));
      }
      from += index * steps[axis];
    }
    if (bytes > 0) std::memcpy(to, x.data + static_cast<size_t>(from) * storage_bytes(x.dtype(), 1), bytes);
  }
  return {};
}

int version(const NodeView& view, int row_version) {
  return view.input(kIndices).dtype == DType::kInt16 ? std::max(row_version, 4) : row_version;
}

}  // namespace

const OpDef& op_gather_nd() {
  static const DTypeSet kAnyIndex = kIndex | kI16;
  static const DTypeSet kBase = kF32 | kF16 | kBF16 | kU8 | kI8 | kI32 | kI64;
  static const OpDef def = {
      .name = "GATHER_ND",
      .code = 107,
      .options_record = "GatherNdOptions",
      .summary = "y[i..,b..] = x[indices[i..],b..]",
      .inputs = {{"params"}, {"indices"}},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"base", {kBase, kAnyIndex}, {kBase}, 1},
                {"int16", {kI16, kAnyIndex}, {kI16}, 3},
                {"bool", {kBool, kAnyIndex}, {kBool}, 5}},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true, .int16 = true, .inputs = {kSharedRule, kNoRule}, .outputs = {kSharedRule}},
      .version = version,
  };
  return def;
}

}  // namespace pestle::ops
