// REDUCE_MAX and REDUCE_MIN: the extremum of the numbers, or of the codes of quantized operands, whose quantization
// input and output share (docs/semantics.md#reductions). The extremum of nothing is the end of the type's range.
#pragma once

#include <algorithm>
#include <limits>

#include "ops/core/reduce.h"

namespace pestle::ops {

enum class ReducedExtremum : uint8_t { kMax, kMin };

template <ReducedExtremum kWhich, typename T>
void reduce_extremum(const Evaluation& e, const Reduction& r) {
  constexpr bool kMax = kWhich == ReducedExtremum::kMax;
  const T start = kMax ? std::numeric_limits<T>::lowest() : std::numeric_limits<T>::max();
  const auto extrema =
      reduce(r, e.inputs[0].as<T>(), start, [](T a, T b) { return kMax ? std::max(a, b) : std::min(a, b); });
  std::copy(extrema.begin(), extrema.end(), e.outputs[0].as<T>());
}

template <ReducedExtremum kWhich>
Status evaluate_reduced_extremum(const Evaluation& e) {
  PESTLE_ASSIGN(const Reduction r, reduction_of(e));
  switch (e.inputs[0].dtype()) {
    case DType::kFloat32: reduce_extremum<kWhich, float>(e, r); return {};
    case DType::kInt32: reduce_extremum<kWhich, int32_t>(e, r); return {};
    case DType::kInt64: reduce_extremum<kWhich, int64_t>(e, r); return {};
    case DType::kInt8: reduce_extremum<kWhich, int8_t>(e, r); return {};
    case DType::kUInt8: reduce_extremum<kWhich, uint8_t>(e, r); return {};
    case DType::kInt16: reduce_extremum<kWhich, int16_t>(e, r); return {};
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

inline std::vector<TypeRow> reduced_extremum_types() {
  return {{"float32", {kF32, kI32}, {kF32}, 1},
          {"uint8", {kU8, kI32}, {kU8}, 1},
          {"integer", {kIndex, kI32}, {kIndex}, 1},
          {"int8", {kI8, kI32}, {kI8}, 2},
          {"int16", {kI16, kI32}, {kI16}, 3}};
}

}  // namespace pestle::ops
