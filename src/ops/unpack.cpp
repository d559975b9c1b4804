// UNPACK
//   Output k is x at place k of an axis, which goes away.
#include "ops/core/op_def.h"
#include "ops/core/remap.h"
#include "ops/core/split.h"

namespace pestle::ops {
namespace {

constexpr IntOption kNum{"num", 0};
constexpr IntOption kAxis{"axis", 0};

Status infer(Inference& in) {
  std::vector<int64_t> y(in.shape(0).begin(), in.shape(0).end());
  const auto axis = resolve_axis(kAxis(in.node()), static_cast<int>(y.size()));
  if (!axis) return fail(ErrorCode::kInvalidModel, "axis " + std::to_string(kAxis(in.node())) + " is out of range");
  const int64_t count = in.outputs();
  if (kNum(in.node()) != count || (y[*axis] != count && y[*axis] != kUnknown)) {
    return fail(ErrorCode::kInvalidModel, std::to_string(count) + " outputs with num " +
                                              std::to_string(kNum(in.node())) + " for axis " + std::to_string(*axis) +
                                              " of " + to_string(in.shape(0)));
  }
  y.erase(y.begin() + *axis);
  for (int i = 0; i < in.outputs(); ++i) in.set(i, in.dtype(0), Shape(y));
  return {};
}

Status evaluate(const Evaluation& e) {
  const int axis = *resolve_axis(kAxis(e.node), e.inputs[0].shape().rank());
  copy_pieces(e.inputs[0], axis, std::vector<int64_t>(e.outputs.size(), 1), e.outputs);
  return {};
}

bool remap(LayoutEdit& edit) {
  const int rank = static_cast<int>(edit.permutation().size());
  const auto axis = resolve_axis(kAxis(edit.node()), rank);
  if (!axis) return false;
  std::vector<bool> removed(rank, false);
  removed[*axis] = true;
  for (int i = 0; i < kNum(edit.node()); ++i) edit.set_output_permutation(i, without_axes(edit.permutation(), removed));
  return remap_axis(edit, kAxis);
}

}  // namespace

const OpDef& op_unpack() {
  static const OpDef def = {
      .name = "UNPACK",
      .code = 88,
      .options_record = "UnpackOptions",
      .summary = "output k = x at place k of axis",
      .inputs = {{"input"}},
      .outputs = {{"outputs", OperandDef::kVariadic}},
      .options = {kNum.info(), kAxis.info()},
      .types = {{"base", {kF32 | kI32}, {kF32 | kI32}, 1},
                {"int8", {kI8 | kU8}, {kI8 | kU8}, 2},
                {"bool", {kBool}, {kBool}, 3},
                {"int16", {kI16}, {kI16}, 4},
                {"float16", {kF16 | kBF16}, {kF16 | kBF16}, 5}},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true, .int16 = true, .inputs = {kSharedRule}, .outputs = {kSharedRule}},
      .layout = {LayoutKind::kRemaps, {0}, remap},
  };
  return def;
}

}  // namespace pestle::ops
