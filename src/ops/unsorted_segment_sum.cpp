// UNSORTED_SEGMENT_SUM
//   y[s, ..] = the sum of the rows x[n, ..] with ids[n] = s; 0 where there is none. Rows with negative ids are
//   left out.
#include "ops/core/segments.h"

namespace pestle::ops {
namespace {

Status evaluate(const Evaluation& e) {
  return visit<float, int32_t>(e.inputs[0].dtype(), [&](auto zero) {
    using T = decltype(zero);
    return fold_segments<T>(e, T{0}, [](T a, T b) { return wrapping_sum(a, b); });
  });
}

}  // namespace

const OpDef& op_unsorted_segment_sum() {
  static const OpDef def = [] {
    OpDef segments = unsorted_segment_operator("UNSORTED_SEGMENT_SUM", 155);
    segments.options_record = "UnsortedSegmentSumOptions";
    segments.summary = "y[s,..] = sum of x[n,..] with ids[n] = s";
    segments.evaluate = evaluate;
    return segments;
  }();
  return def;
}

}  // namespace pestle::ops
