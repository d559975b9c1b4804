#include "ops/core/reduce.h"

#include "ops/core/remap.h"

namespace pestle::ops {
namespace {

enum Operand { kInput, kAxes };

Status bad_axis(const Shape& x) {
  return fail(ErrorCode::kInvalidModel, "an axis is outside the input of shape " + to_string(x));
}

// Shape with the reduced axes removed, or kept as 1.
Shape reduced_shape(const Shape& x, const std::vector<bool>& reduced, bool keep) {
  Shape y;
  for (int axis = 0; axis < x.rank(); ++axis) {
    if (!reduced[axis]) y.push_back(x[axis]);
    if (reduced[axis] && keep) y.push_back(1);
  }
  return y;
}

bool remap_reduction(LayoutEdit& edit) {
  const std::vector<int64_t>* axes = edit.ints(kAxes);
  if (axes == nullptr) return false;
  const auto reduced = reduced_axes(*axes, static_cast<int>(edit.permutation().size()));
  if (!reduced || !remap_axis_operand(edit, kAxes)) return false;
  if (!kKeepDims(edit.node())) edit.set_output_permutation(0, without_axes(edit.permutation(), *reduced));
  return true;
}

}  // namespace

std::optional<std::vector<bool>> reduced_axes(const std::vector<int64_t>& axes, int rank) {
  std::vector<bool> reduced(rank, false);
  for (int64_t axis : axes) {
    // TFLite lets a scalar pass whatever the axes say.
    if (rank == 0) continue;
    const auto resolved = resolve_axis(axis, rank);
    if (!resolved) return std::nullopt;
    reduced[*resolved] = true;
  }
  return reduced;
}

Status infer_reduction(Inference& in) {
  const Shape& x = in.shape(kInput);
  if (in.shape(kAxes).rank() > 1) return fail(ErrorCode::kInvalidModel, "axes must be a list or a scalar");
  const bool keep = kKeepDims(in.node());
  if (const auto axes = in.ints(kAxes)) {
    const auto reduced = reduced_axes(*axes, x.rank());
    if (!reduced) return bad_axis(x);
    in.set(0, in.dtype(kInput), reduced_shape(x, *reduced, keep));
    return {};
  }
  // The rank is all that is known of the result; repeated axes are taken not to occur.
  const auto count = checked_elements(in.shape(kAxes));
  if (!keep && (!count || *count > x.rank())) {
    return fail(ErrorCode::kUnsupported, "the number of axes is not known before the run");
  }
  const int rank = keep ? x.rank() : x.rank() - static_cast<int>(*count);
  in.set(0, in.dtype(kInput), Shape(std::vector<int64_t>(rank, kUnknown)));
  return {};
}

OpDef reduction_operator(const char* name, int code) {
  return {
      .name = name,
      .code = code,
      .options_record = "ReducerOptions",
      .summary = "",
      .inputs = {{"input"}, {"axes"}},
      .outputs = {{"output"}},
      .options = {kKeepDims.info()},
      .types = {},
      .infer = infer_reduction,
      .layout = {LayoutKind::kRemaps, {kInput}, remap_reduction},
  };
}

QuantRule reduction_quantization(OperandRule data) {
  return {.int8 = true, .int16 = true, .symmetric_int16 = true, .inputs = {data, kNoRule}, .outputs = {data}};
}

Result<Reduction> reduction_of(const Evaluation& e) {
  const Shape& x = e.inputs[kInput].shape();
  const auto reduced = reduced_axes(to_int64s(e.inputs[kAxes].view()), x.rank());
  if (!reduced) return Failure(bad_axis(x).error());
  Reduction r{x, std::vector<int64_t>(x.rank(), 0), 1, 1};
  for (int axis = x.rank() - 1; axis >= 0; --axis) {
    if ((*reduced)[axis]) {
      r.per_output *= x[axis];
    } else {
      r.steps[axis] = r.outputs;
      r.outputs *= x[axis];
    }
  }
  return r;
}

}  // namespace pestle::ops
