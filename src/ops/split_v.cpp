// SPLIT_V
//   Output k is size_splits[k] extents of x along an axis; one size may be -1: what is left.
#include "ops/core/op_def.h"
#include "ops/core/remap.h"
#include "ops/core/split.h"

namespace pestle::ops {
namespace {

constexpr IntOption kNumSplits{"num_splits", 0};

enum Operand { kInput, kSizes, kAxis };

// Replaces the -1 and checks the sum; `extent` may be unknown.
Result<std::vector<int64_t>> complete(std::vector<int64_t> sizes, int64_t extent) {
  int64_t sum = 0;
  int64_t* open = nullptr;
  for (int64_t& size : sizes) {
    if (size < -1 || (size == -1 && open != nullptr)) return fail(ErrorCode::kInvalidModel, "a size is negative");
    if (size == -1) {
      open = &size;
    } else {
      sum += size;
    }
  }
  if (extent == kUnknown) return sizes;
  if (sum > extent || (open == nullptr && sum != extent)) {
    return fail(ErrorCode::kInvalidModel,
                "pieces of " + std::to_string(sum) + " do not fit an axis of " + std::to_string(extent));
  }
  if (open != nullptr) *open = extent - sum;
  return sizes;
}

Status infer(Inference& in) {
  const int count = in.outputs();
  const Shape& x = in.shape(kInput);
  if (kNumSplits(in.node()) != count || !(in.shape(kSizes) == Shape{count})) {
    return fail(ErrorCode::kInvalidModel, "num_splits, sizes and outputs differ in number");
  }
  PESTLE_ASSIGN(const auto axis, axis_operand(in, kAxis, x.rank()));
  auto sizes = in.ints(kSizes);
  if (axis && sizes) {
    PESTLE_ASSIGN(sizes, complete(*sizes, x[*axis]));
  }
  for (int i = 0; i < count; ++i) {
    Shape y = axis ? x : Shape(std::vector<int64_t>(x.rank(), kUnknown));
    if (axis) y[*axis] = sizes ? (*sizes)[i] : kUnknown;
    in.set(i, in.dtype(kInput), y);
  }
  return {};
}

Status evaluate(const Evaluation& e) {
  const InputOperand& x = e.inputs[kInput];
  const auto axis = resolve_axis(to_int64s(e.inputs[kAxis].view()).front(), x.shape().rank());
  if (!axis) return fail(ErrorCode::kInvalidArgument, "the axis is out of range");
  PESTLE_ASSIGN(const auto sizes, complete(to_int64s(e.inputs[kSizes].view()), x.shape()[*axis]));
  copy_pieces(x, *axis, sizes, e.outputs);
  return {};
}

bool remap(LayoutEdit& edit) { return remap_axis_operand(edit, kAxis); }

}  // namespace

const OpDef& op_split_v() {
  static const DTypeSet kBase = kF32 | kU8 | kI16 | kI32 | kI64;
  static const OpDef def = {
      .name = "SPLIT_V",
      .code = 102,
      .options_record = "SplitVOptions",
      .summary = "outputs = pieces of x of the given sizes along axis",
      .inputs = {{"input"}, {"size_splits"}, {"axis"}},
      .outputs = {{"outputs", OperandDef::kVariadic}},
      .options = {kNumSplits.info()},
      .types = {{"base", {kBase, kIndex, kI32}, {kBase}, 1}, {"int8", {kI8, kIndex, kI32}, {kI8}, 2}},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true,
                       .int16 = true,
                       .inputs = {kSharedRule, kNoRule, kNoRule},
                       .outputs = {kSharedRule}},
      .layout = {LayoutKind::kRemaps, {kInput}, remap},
  };
  return def;
}

}  // namespace pestle::ops
