// UNSORTED_SEGMENT_MAX
//   y[s, ..] = the largest of the rows x[n, ..] with ids[n] = s; the lowest number where there is none. Rows with
//   negative ids are left out.
#include <algorithm>
#include <limits>

#include "ops/core/segments.h"

namespace pestle::ops {
namespace {

Status evaluate(const Evaluation& e) {
  return visit<float, int32_t>(e.inputs[0].dtype(), [&](auto zero) {
    using T = decltype(zero);
    return fold_segments<T>(e, std::numeric_limits<T>::lowest(), [](T a, T b) { return std::max(a, b); });
  });
}

}  // namespace

const OpDef& op_unsorted_segment_max() {
  static const OpDef def = [] {
    OpDef segments = unsorted_segment_operator("UNSORTED_SEGMENT_MAX", 154);
    segments.options_record = "UnsortedSegmentMaxOptions";
    segments.summary = "y[s,..] = largest x[n,..] with ids[n] = s";
    segments.evaluate = evaluate;
    return segments;
  }();
  return def;
}

}  // namespace pestle::ops
