// UNSORTED_SEGMENT_MIN
//   y[s, ..] = the smallest of the rows x[n, ..] with ids[n] = s; the largest number where there is none. Rows with
//   negative ids are left out.
#include <algorithm>
#include <limits>

#include "ops/core/segments.h"

namespace pestle::ops {
namespace {

Status evaluate(const Evaluation& e) {
  return visit<float, int32_t>(e.inputs[0].dtype(), [&](auto zero) {
    using T = decltype(zero);
    return fold_segments<T>(e, std::numeric_limits<T>::max(), [](T a, T b) { return std::min(a, b); });
  });
}

}  // namespace

const OpDef& op_unsorted_segment_min() {
  static const OpDef def = [] {
    OpDef segments = unsorted_segment_operator("UNSORTED_SEGMENT_MIN", 157);
    segments.options_record = "UnsortedSegmentMinOptions";
    segments.summary = "y[s,..] = smallest x[n,..] with ids[n] = s";
    segments.evaluate = evaluate;
    return segments;
  }();
  return def;
}

}  // namespace pestle::ops
