// SEGMENT_SUM
//   y[s, ..] = sum of the rows x[n, ..] with ids[n] = s. Ids rise from 0 by at most 1; there are as many rows as ids.
#include "ops/core/segments.h"

namespace pestle::ops {
namespace {

enum Operand { kInput, kIds };

Status check_ids(const std::vector<int64_t>& ids) {
  for (size_t i = 0; i < ids.size(); ++i) {
    const int64_t before = i == 0 ? 0 : ids[i - 1];
    if (ids[i] < before || (i == 0 ? ids[i] != 0 : ids[i] > before + 1))
      return fail(ErrorCode::kInvalidModel, "segment_ids must rise from 0 by at most 1");
  }
  return {};
}

Status infer(Inference& in) {
  Shape y = in.shape(kInput);
  const Shape& ids = in.shape(kIds);
  if (y.rank() < 1 || ids.rank() != 1 || (ids[0] != y[0] && ids[0] != kUnknown && y[0] != kUnknown))
    return fail(ErrorCode::kInvalidModel, "there must be one id a row");
  y[0] = kUnknown;
  if (const auto known = in.ints(kIds)) {
    PESTLE_TRY(check_ids(*known));
    y[0] = known->empty() ? 0 : known->back() + 1;
  }
  in.set(0, in.dtype(kInput), std::move(y));
  return {};
}

Status evaluate(const Evaluation& e) {
  return visit<float, int32_t>(e.inputs[kInput].dtype(), [&](auto zero) {
    using T = decltype(zero);
    return fold_segments<T>(e, T{0}, [](T a, T b) { return wrapping_sum(a, b); });
  });
}

}  // namespace

const OpDef& op_segment_sum() {
  static const OpDef def = {
      .name = "SEGMENT_SUM",
      .code = 125,
      .options_record = "SegmentSumOptions",
      .summary = "y[s,..] = sum of x[n,..] with ids[n] = s",
      .inputs = {{"input"}, {"segment_ids"}},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"base", {kF32 | kI32, kI32}, {kF32 | kI32}, 1}},
      .infer = infer,
      .evaluate = evaluate,
  };
  return def;
}

}  // namespace pestle::ops
