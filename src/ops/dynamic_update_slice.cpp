// DYNAMIC_UPDATE_SLICE
//   y = x, but update in the place that starts at start_indices; starts are moved so that the update lies inside x.
#include <algorithm>

#include "ops/core/copy.h"
#include "ops/core/op_def.h"

namespace pestle::ops {
namespace {

enum Operand { kInput, kUpdate, kStart };

Status infer(Inference& in) {
  const Shape& x = in.shape(kInput);
  const Shape& update = in.shape(kUpdate);
  const Shape& start = in.shape(kStart);
  bool fits = in.dtype(kInput) == in.dtype(kUpdate) && update.rank() == x.rank() && start.rank() == 1 &&
              (start[0] == x.rank() || start[0] == kUnknown);
  for (int axis = 0; fits && axis < x.rank(); ++axis)
    fits = x[axis] == kUnknown || update[axis] == kUnknown || update[axis] <= x[axis];
  if (!fits) {
    return fail(ErrorCode::kInvalidModel, "an update of shape " + to_string(update) + " at " + to_string(start) +
                                              " indices does not fit " + to_string(x));
  }
  in.set(0, in.dtype(kInput), x);
  return {};
}

Status evaluate(const Evaluation& e) {
  const Shape& x = e.inputs[kInput].shape();
  const Shape& update = e.inputs[kUpdate].shape();
  const std::vector<int64_t> starts = to_int64s(e.inputs[kStart].view());
  const std::vector<int64_t> steps = row_major_strides(x);
  StridedCopy copy{{update.begin(), update.end()}, row_major_strides(update), steps};
  for (int axis = 0; axis < x.rank(); ++axis)
    copy.to += std::clamp<int64_t>(starts[axis], 0, x[axis] - update[axis]) * steps[axis];
  if (x.elements() == 0) return {};
  const bool is_packed_type = is_packed(e.outputs[0].dtype());
  if (!is_packed_type) {
    copy_bytes(e.inputs[kInput], e.outputs[0]);
    copy_strided(copy, e.inputs[kUpdate].data, e.outputs[0].data, storage_bytes(e.outputs[0].dtype(), 1));
    return {};
  }
  const ElementReader whole(e.inputs[kInput]), part(e.inputs[kUpdate]);
  ElementWriter writer(e.outputs[0]);
  copy_strided({{x.elements()}, {1}, {1}}, whole.data(), writer.data(), writer.element_bytes());
  copy_strided(copy, part.data(), writer.data(), writer.element_bytes());
  writer.finish();
  return {};
}

int version(const NodeView& view, int row_version) {
  return view.input(kStart).dtype == DType::kInt64 ? std::max(2, row_version) : row_version;
}

}  // namespace

const OpDef& op_dynamic_update_slice() {
  constexpr DTypeSet kBase = kF32 | kI8 | kI32 | kI64 | kBool;
  static const OpDef def = {
      .name = "DYNAMIC_UPDATE_SLICE",
      .code = 151,
      .options_record = "DynamicUpdateSliceOptions",
      .summary = "y = x, but update from start_indices on",
      .inputs = {{"operand"}, {"update"}, {"start_indices"}},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"base", {kBase, kBase, kIndex}, {kBase}, 1},
                {"float16", {kF16, kF16, kIndex}, {kF16}, 3},
                {"int16", {kI16, kI16, kIndex}, {kI16}, 4},
                {"int4", {kI4, kI4, kIndex}, {kI4}, 5},
                {"bfloat16", {kBF16, kBF16, kIndex}, {kBF16}, 6}},
      .traits = {.output_may_share_input = true},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true,
                       .int16 = true,
                       .inputs = {kSharedRule, kSharedRule, kNoRule},
                       .outputs = {kSharedRule}},
      .version = version,
  };
  return def;
}

}  // namespace pestle::ops
