// Sums and the like over segments: the rows of operand 0 that bear the same id (operand 1) become one row.
#pragma once

#include <algorithm>
#include <type_traits>

#include "ops/core/op_def.h"
#include "ops/core/visit.h"

namespace pestle::ops {

// UNSORTED_SEGMENT_*: ids [a..] over data [a.., b..] and num_segments, the number of rows of the output [n, b..].
Status infer_unsorted_segments(Inference& in);
// What they have in common; the caller adds record, summary and reference.
OpDef unsorted_segment_operator(const char* name, int code);

// Folds the rows of data into rows that were filled with `start`. Rows with an id below 0 are left out; one from
// `segments` on is an error.
template <typename T, typename Fold>
Status fold_segments(const Evaluation& e, T start, Fold fold) {
  const int64_t count = e.inputs[1].elements(), segments = e.outputs[0].shape()[0];
  const int64_t length = count == 0 ? 0 : e.inputs[0].elements() / count;
  const int32_t* ids = e.inputs[1].as<int32_t>();
  const T* x = e.inputs[0].as<T>();
  T* y = e.outputs[0].as<T>();
  std::fill(y, y + e.outputs[0].elements(), start);
  for (int64_t row = 0; row < count; ++row) {
    if (ids[row] < 0) continue;
    if (ids[row] >= segments)
      return fail(ErrorCode::kInvalidArgument, "the id " + std::to_string(ids[row]) + " is outside the segments");
    for (int64_t i = 0; i < length; ++i) {
      T& sum = y[ids[row] * length + i];
      sum = fold(sum, x[row * length + i]);
    }
  }
  return {};
}

// Integers wrap.
template <typename T>
T wrapping_sum(T a, T b) {
  if constexpr (std::is_integral_v<T>)
    return static_cast<T>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
  else
    return a + b;
}

}  // namespace pestle::ops
