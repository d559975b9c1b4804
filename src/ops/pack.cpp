// PACK
//   y = the inputs, of one shape, one after another along a new axis.
#include "ops/core/copy.h"
#include "ops/core/op_def.h"
#include "ops/core/remap.h"

namespace pestle::ops {
namespace {

constexpr IntOption kValuesCount{"values_count", 0};
constexpr IntOption kAxis{"axis", 0};

Status infer(Inference& in) {
  std::vector<int64_t> y(in.shape(0).begin(), in.shape(0).end());
  const auto axis = resolve_axis(kAxis(in.node()), static_cast<int>(y.size()) + 1);
  if (!axis) return fail(ErrorCode::kInvalidModel, "axis " + std::to_string(kAxis(in.node())) + " is out of range");
  if (kValuesCount(in.node()) != in.inputs()) {
    return fail(ErrorCode::kInvalidModel, "values_count is " + std::to_string(kValuesCount(in.node())) + " with " +
                                              std::to_string(in.inputs()) + " inputs");
  }
  for (int i = 1; i < in.inputs(); ++i) {
    const Shape& x = in.shape(i);
    bool fits = in.dtype(i) == in.dtype(0) && x.rank() == static_cast<int>(y.size());
    for (int a = 0; fits && a < x.rank(); ++a) {
      fits = x[a] == y[a] || x[a] == kUnknown || y[a] == kUnknown;
      if (y[a] == kUnknown) y[a] = x[a];
    }
    if (!fits)
      return fail(ErrorCode::kInvalidModel, "input " + std::to_string(i) + " has another type or shape than input 0");
  }
  y.insert(y.begin() + *axis, in.inputs());
  in.set(0, in.dtype(0), Shape(y));
  return {};
}

Status evaluate(const Evaluation& e) {
  const Shape& y = e.outputs[0].shape();
  const int axis = *resolve_axis(kAxis(e.node), y.rank());
  std::vector<int64_t> steps = row_major_strides(y);
  const int64_t step = steps[axis];
  steps.erase(steps.begin() + axis);
  int64_t at = 0;
  for (const InputOperand& x : e.inputs) {
    copy_strided({{x.shape().begin(), x.shape().end()}, row_major_strides(x.shape()), steps, 0, at}, x.data,
                 e.outputs[0].data, storage_bytes(x.dtype(), 1));
    at += step;
  }
  return {};
}

bool remap(LayoutEdit& edit) {
  const auto at = resolve_axis(kAxis(edit.node()), static_cast<int>(edit.permutation().size()) + 1);
  if (!at) return false;
  int placed = 0;
  edit.set_output_permutation(0, with_axis(edit.permutation(), *at, placed));
  kAxis.set(edit.node(), placed);
  return true;
}

}  // namespace

const OpDef& op_pack() {
  static const OpDef def = {
      .name = "PACK",
      .code = 83,
      .options_record = "PackOptions",
      .summary = "y = inputs one after another along a new axis",
      .inputs = {{"values", OperandDef::kVariadic}},
      .outputs = {{"output"}},
      .options = {kValuesCount.info(), kAxis.info()},
      .types = {{"base", {kF32 | kU8 | kI32 | kI64}, {kF32 | kU8 | kI32 | kI64}, 1},
                {"int8", {kI8}, {kI8}, 2},
                {"int16", {kI16}, {kI16}, 3},
                {"uint32", {kU32}, {kU32}, 4}},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true, .int16 = true, .inputs = {kSharedRule}, .outputs = {kSharedRule}},
      .layout = {LayoutKind::kRemaps, {}, remap},
  };
  return def;
}

}  // namespace pestle::ops
