// RESHAPE across a permutation. The axes of both shapes fall into groups: least runs of consecutive axes with equal
// products. If the axes of every group lie side by side and in order in what is stored, the RESHAPE can run on that:
//   logical (N,C,H,W) -> (N,C,HW), stored (N,H,W,C)      stored result (N,HW,C)
#pragma once

#include <optional>

#include "passes/layout/permutation.h"

namespace pestle::passes {

struct Regrouped {
  Shape stored;             // target of the RESHAPE that reads what is stored
  Permutation permutation;  // result = T_permutation(stored)
};

// For x = T_permutation(stored x) of shape `from`, reshaped to `to`. Axis 0 may be unknown in both.
std::optional<Regrouped> regroup(const Shape& from, const Permutation& permutation, const Shape& to);

}  // namespace pestle::passes
