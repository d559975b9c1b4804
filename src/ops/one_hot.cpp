// ONE_HOT
//   y[a.., d, b..] = indices[a.., b..] == d ? on_value : off_value; d below the operand `depth` is the axis `axis`
// (-1: the last).
#include <cstring>

#include "ops/core/op_def.h"

namespace pestle::ops {
namespace {

constexpr IntOption kAxis{"axis", 0};

enum Operand { kIndices, kDepth, kOn, kOff };

Status infer(Inference& in) {
  for (int i : {kDepth, kOn, kOff}) {
    if (in.shape(i).is_static() && in.shape(i).elements() != 1) {
      return fail(ErrorCode::kInvalidModel, "depth, on_value and off_value must be one number each");
    }
  }
  if (in.dtype(kOn) != in.dtype(kOff)) return fail(ErrorCode::kInvalidModel, "on_value and off_value differ in type");
  std::vector<int64_t> y(in.shape(kIndices).begin(), in.shape(kIndices).end());
  const auto axis = resolve_axis(kAxis(in.node()), static_cast<int>(y.size()) + 1);
  if (!axis) return fail(ErrorCode::kInvalidModel, "axis " + std::to_string(kAxis(in.node())) + " is out of range");
  const auto depth = in.ints(kDepth);
  if (depth && depth->front() < 0) return fail(ErrorCode::kInvalidModel, "depth is negative");
  y.insert(y.begin() + *axis, depth ? depth->front() : kUnknown);
  in.set(0, in.dtype(kOn), Shape(y));
  return {};
}

Status evaluate(const Evaluation& e) {
  const OutputOperand& y = e.outputs[0];
  const int axis = *resolve_axis(kAxis(e.node), y.shape().rank());
  const std::vector<int64_t> indices = to_int64s(e.inputs[kIndices].view());
  const int64_t inner = row_major_strides(y.shape())[axis];
  const int64_t depth = y.shape()[axis];
  const size_t size = storage_bytes(y.dtype(), 1);
  for (int64_t i = 0; i < y.elements(); ++i) {
    const int64_t place = i / inner % depth;
    const int64_t index = indices[static_cast<size_t>(i / (inner * depth) * inner + i % inner)];
    const std::byte* value = index == place ? e.inputs[kOn].data : e.inputs[kOff].data;
    std::memcpy(y.data + static_cast<size_t>(i) * size, value, size);
  }
  return {};
}

}  // namespace

const OpDef& op_one_hot() {
  static const DTypeSet kBase = kF32 | kI8 | kU8 | kI32 | kI64 | kBool;
  static const OpDef def = {
      .name = "ONE_HOT",
      .code = 85,
      .options_record = "OneHotOptions",
      .summary = "y[a..,d,b..] = indices[a..,b..] == d ? on : off",
      .inputs = {{"indices"}, {"depth"}, {"on_value"}, {"off_value"}},
      .outputs = {{"output"}},
      .options = {kAxis.info()},
      .types = {{"base", {kIndex, kI32, kBase, kBase}, {kBase}, 1}},
      .infer = infer,
      .evaluate = evaluate,
  };
  return def;
}

}  // namespace pestle::ops
