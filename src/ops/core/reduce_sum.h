// SUM and MEAN: sums over axes, divided or not. float32 adds in doubles; int32 and int64 wrap and divide truncating;
// codes: clamp(z_y + multiply(sum of q - n z_x)) with n elements summed into each output.
#pragma once

#include "base/fixed_point.h"
#include "ops/core/reduce.h"

namespace pestle::ops {

struct SumForm {
  double real_divisor = 1;
  int64_t divisor = 1;                                                            // of integers
  FixedMultiplier (*multiplier)(const Evaluation& e, int64_t divisor) = nullptr;  // of codes
};

Status evaluate_reduced_sum(const Evaluation& e, const Reduction& r, const SumForm& form);

}  // namespace pestle::ops
