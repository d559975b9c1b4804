// REDUCE_ANY and REDUCE_ALL: bool operands; any of nothing is false, all of nothing is true.
#pragma once

#include <algorithm>

#include "ops/core/reduce.h"

namespace pestle::ops {

// The accumulator starts at `kNeutral` and becomes its opposite with the first element that differs from it.
template <bool kNeutral>
Status evaluate_reduced_logical(const Evaluation& e) {
  PESTLE_ASSIGN(const Reduction r, reduction_of(e));
  const auto values = reduce(r, e.inputs[0].as<bool>(), uint8_t{kNeutral},
                             [](uint8_t all, bool x) { return x == kNeutral ? all : uint8_t{!kNeutral}; });
  std::transform(values.begin(), values.end(), e.outputs[0].as<bool>(), [](uint8_t value) { return value != 0; });
  return {};
}

}  // namespace pestle::ops
