// SELECT
//   out[i] = condition[i] ? x[i] : y[i]; x and y have one shape. A scalar condition counts for all elements, one of
// rank 1 for whole slices along the first axis.
#include "ops/core/select.h"

#include <algorithm>

#include "ops/core/op_def.h"

namespace pestle::ops {
namespace {

bool may_equal(int64_t a, int64_t b) { return a == b || a == kUnknown || b == kUnknown; }

bool may_equal(const Shape& a, const Shape& b) {
  return a.rank() == b.rank() &&
         std::equal(a.begin(), a.end(), b.begin(), [](int64_t x, int64_t y) { return may_equal(x, y); });
}

Status infer(Inference& in) {
  const Shape& condition = in.shape(kSelectCondition);
  const Shape& x = in.shape(kSelectThen);
  if (in.dtype(kSelectThen) != in.dtype(kSelectElse) || !may_equal(x, in.shape(kSelectElse))) {
    return fail(ErrorCode::kInvalidModel, "the branches differ in type or shape");
  }
  const bool by_slice = condition.rank() == 1 && x.rank() >= 1 && may_equal(condition[0], x[0]);
  if (condition.rank() != 0 && !by_slice && !may_equal(condition, x)) {
    return fail(ErrorCode::kInvalidModel,
                "a condition of shape " + to_string(condition) + " does not fit " + to_string(x));
  }
  in.set(0, in.dtype(kSelectThen), x);
  return {};
}

Status evaluate(const Evaluation& e) {
  const Shape& condition = e.inputs[kSelectCondition].shape();
  const Shape& y = e.outputs[0].shape();
  const std::vector<int64_t> own = row_major_strides(y);
  SelectSteps steps{own, own, own};
  if (!(condition == y)) {
    steps.condition.assign(own.size(), 0);
    if (condition.rank() == 1) steps.condition[0] = 1;
  }
  select_elements(e, steps);
  return {};
}

// Only where all three have the same axes.
bool remap(LayoutEdit& edit) {
  return edit.input_type(kSelectCondition).shape.rank() == static_cast<int>(edit.permutation().size());
}

int version(const NodeView& view, int row_version) {
  return view.input(kSelectThen).shape.rank() > 4 ? std::max(row_version, 3) : row_version;
}

}  // namespace

const OpDef& op_select() {
  static const DTypeSet kBase = kF32 | kF16 | kBool | kU8 | kI16 | kI32 | kI64;
  static const OpDef def = {
      .name = "SELECT",
      .code = 64,
      .options_record = "SelectOptions",
      .summary = "out = condition ? x : y, one shape",
      .inputs = {{"condition"}, {"x"}, {"y"}},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"base", {kBool, kBase, kBase}, {kBase}, 1},
                {"int8", {kBool, kI8, kI8}, {kI8}, 2},
                {"uint32", {kBool, kU32, kU32}, {kU32}, 4}},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true,
                       .int16 = true,
                       .inputs = {kNoRule, kSharedRule, kSharedRule},
                       .outputs = {kSharedRule}},
      .layout = {LayoutKind::kRemaps, {kSelectCondition, kSelectThen, kSelectElse}, remap},
      .version = version,
  };
  return def;
}

}  // namespace pestle::ops
