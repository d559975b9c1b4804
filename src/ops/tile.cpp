// TILE
//   y = x repeated multiples[a] times along every axis a.
#include <algorithm>

#include "base/checked.h"
#include "ops/core/copy.h"
#include "ops/core/op_def.h"
#include "ops/core/remap.h"

namespace pestle::ops {
namespace {

enum Operand { kInput, kMultiples };

Status infer(Inference& in) {
  const Shape& x = in.shape(kInput);
  if (in.shape(kMultiples).rank() != 1 ||
      (in.shape(kMultiples)[0] != x.rank() && in.shape(kMultiples)[0] != kUnknown)) {
    return fail(ErrorCode::kInvalidModel, "multiples must have one number per axis of the input");
  }
  Shape y(std::vector<int64_t>(x.rank(), kUnknown));
  const auto multiples = in.ints(kMultiples);
  for (int axis = 0; multiples && axis < x.rank(); ++axis) {
    if ((*multiples)[axis] < 0) return fail(ErrorCode::kInvalidModel, "a multiple is negative");
    if (x[axis] == kUnknown) continue;
    const auto extent = checked_mul(x[axis], (*multiples)[axis]);
    if (!extent) return fail(ErrorCode::kInvalidModel, "a multiple is too large");
    y[axis] = *extent;
  }
  in.set(0, in.dtype(kInput), y);
  return {};
}

// Every axis is seen as (repetition, place).
Status evaluate(const Evaluation& e) {
  const Shape& x = e.inputs[kInput].shape();
  const Shape& y = e.outputs[0].shape();
  const std::vector<int64_t> own = row_major_strides(x);
  const std::vector<int64_t> wide = row_major_strides(y);
  StridedCopy copy;
  for (int axis = 0; axis < x.rank(); ++axis) {
    copy.extents.insert(copy.extents.end(), {x[axis] == 0 ? 0 : y[axis] / x[axis], x[axis]});
    copy.from_steps.insert(copy.from_steps.end(), {0, own[axis]});
    copy.to_steps.insert(copy.to_steps.end(), {x[axis] * wide[axis], wide[axis]});
  }
  copy_operand(copy, e.inputs[kInput], e.outputs[0]);
  return {};
}

bool remap(LayoutEdit& edit) { return remap_list_operand(edit, kMultiples, 1); }

}  // namespace

const OpDef& op_tile() {
  static const DTypeSet kBase = kF32 | kF16 | kU8 | kU32 | kI16 | kI32 | kI64 | kBool;
  static const OpDef def = {
      .name = "TILE",
      .code = 69,
      .options_record = "TileOptions",
      .summary = "y[i] = x[i mod extents]",
      .inputs = {{"input"}, {"multiples"}},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"base", {kBase, kIndex}, {kBase}, 1}, {"int8", {kI8, kIndex}, {kI8}, 3}},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true, .int16 = true, .inputs = {kSharedRule, kNoRule}, .outputs = {kSharedRule}},
      .layout = {LayoutKind::kRemaps, {kInput}, remap},
  };
  return def;
}

}  // namespace pestle::ops
