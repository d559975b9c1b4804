// UNSORTED_SEGMENT_PROD
//   y[s, ..] = the product of the rows x[n, ..] with ids[n] = s; 1 where there is none. Rows with negative ids are
//   left out.
#include "ops/core/segments.h"

namespace pestle::ops {
namespace {

// Integers wrap.
template <typename T>
T wrapping_product(T a, T b) {
  if constexpr (std::is_integral_v<T>)
    return static_cast<T>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
  else
    return a * b;
}

Status evaluate(const Evaluation& e) {
  return visit<float, int32_t>(e.inputs[0].dtype(), [&](auto zero) {
    using T = decltype(zero);
    return fold_segments<T>(e, T{1}, [](T a, T b) { return wrapping_product(a, b); });
  });
}

}  // namespace

const OpDef& op_unsorted_segment_prod() {
  static const OpDef def = [] {
    OpDef segments = unsorted_segment_operator("UNSORTED_SEGMENT_PROD", 153);
    segments.options_record = "UnsortedSegmentProdOptions";
    segments.summary = "y[s,..] = product of x[n,..] with ids[n] = s";
    segments.evaluate = evaluate;
    return segments;
  }();
  return def;
}

}  // namespace pestle::ops
