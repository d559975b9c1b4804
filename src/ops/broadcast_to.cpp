// BROADCAST_TO
//   y = x repeated along axes of extent 1, and new axes in front, to the shape in the operand `shape`.
#include <algorithm>

#include "ops/core/broadcast.h"
#include "ops/core/copy.h"
#include "ops/core/op_def.h"
#include "ops/core/remap.h"
#include "ops/core/unknown_shape.h"

namespace pestle::ops {
namespace {

enum Operand { kInput, kShape };

Status infer(Inference& in) {
  const Shape& x = in.shape(kInput);
  if (in.shape(kShape).rank() != 1) return fail(ErrorCode::kInvalidModel, "the target shape must have rank 1");
  const int64_t rank = in.shape(kShape)[0];
  if (rank == kUnknown) return fail(ErrorCode::kUnsupported, "the rank of the result is not known");
  if (rank < x.rank()) {
    return fail(ErrorCode::kInvalidModel, "the target has fewer axes than the input " + to_string(x));
  }
  PESTLE_ASSIGN(Shape y, unknown_shape(rank));
  if (const auto known = in.ints(kShape)) {
    y = Shape(*known);
    for (int axis = 0; axis < y.rank(); ++axis) {
      const int own = axis - (y.rank() - x.rank());
      const int64_t extent = own < 0 ? 1 : x[own];
      if (y[axis] < 0 || (extent != 1 && extent != kUnknown && extent != y[axis])) {
        return fail(ErrorCode::kInvalidModel, to_string(x) + " does not broadcast to " + to_string(y));
      }
    }
  }
  in.set(0, in.dtype(kInput), y);
  return {};
}

Status evaluate(const Evaluation& e) {
  const Shape& y = e.outputs[0].shape();
  copy_operand({{y.begin(), y.end()}, broadcast_strides(e.inputs[kInput].shape(), y), row_major_strides(y)},
               e.inputs[kInput], e.outputs[0]);
  return {};
}

// New axes stay in front.
bool remap(LayoutEdit& edit) {
  const Permutation& p = edit.permutation();
  const std::vector<int64_t>* old = edit.ints(kShape);
  if (old == nullptr || old->size() < p.size()) return false;
  const int added = static_cast<int>(old->size() - p.size());
  Permutation whole;
  for (int axis = 0; axis < added; ++axis) whole.push_back(axis);
  for (int axis : p) whole.push_back(axis + added);
  edit.set_ints(kShape, edit.input_type(kShape).shape, moved(whole, *old));
  edit.set_output_permutation(0, whole);
  return true;
}

}  // namespace

const OpDef& op_broadcast_to() {
  static const DTypeSet kBase = kF32 | kF16 | kU8 | kI32 | kI64 | kBool | kU32;
  static const OpDef def = {
      .name = "BROADCAST_TO",
      .code = 130,
      .options_record = "BroadcastToOptions",
      .summary = "y = x repeated along axes of extent 1",
      .inputs = {{"input"}, {"shape"}},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"base", {kBase, kIndex}, {kBase}, 2}, {"int8", {kI8 | kI16, kIndex}, {kI8 | kI16}, 3}},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true, .int16 = true, .inputs = {kSharedRule, kNoRule}, .outputs = {kSharedRule}},
      .layout = {LayoutKind::kRemaps, {kInput}, remap},
  };
  return def;
}

}  // namespace pestle::ops
