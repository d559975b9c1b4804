#include "ops/core/segments.h"

namespace pestle::ops {

Status infer_unsorted_segments(Inference& in) {
  const Shape& x = in.shape(0);
  const Shape& ids = in.shape(1);
  bool fits = ids.rank() >= 1 && ids.rank() <= x.rank();
  for (int axis = 0; fits && axis < ids.rank(); ++axis)
    fits = ids[axis] == x[axis] || ids[axis] == kUnknown || x[axis] == kUnknown;
  if (!fits)
    return fail(ErrorCode::kInvalidModel, "ids of shape " + to_string(ids) + " do not fit data " + to_string(x));
  if (in.shape(2).is_static() && in.shape(2).elements() != 1)
    return fail(ErrorCode::kInvalidModel, "num_segments must be one number");
  Shape y{kUnknown};
  if (const auto segments = in.ints(2)) {
    y[0] = segments->front();
    if (y[0] < 0) return fail(ErrorCode::kInvalidModel, "num_segments is negative");
  }
  for (int axis = ids.rank(); axis < x.rank(); ++axis) y.push_back(x[axis]);
  in.set(0, in.dtype(0), std::move(y));
  return {};
}

OpDef unsorted_segment_operator(const char* name, int code) {
  return {
      .name = name,
      .code = code,
      .options_record = "",
      .summary = "",
      .inputs = {{"input"}, {"segment_ids"}, {"num_segments"}},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"base", {kF32 | kI32, kI32, kI32}, {kF32 | kI32}, 1}},
      .infer = infer_unsorted_segments,
  };
}

}  // namespace pestle::ops
