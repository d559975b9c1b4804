// NON_MAX_SUPPRESSION_V4 and V5: boxes [N,4] in the order of their scores [N], without those that overlap a better one.
#pragma once

#include "ops/core/op_def.h"

namespace pestle::ops {

enum SuppressionOperand { kBoxes, kScores, kMostBoxes, kOverlap, kLeastScore, kSigma };

// Checks the operands; the number of selected places, or kUnknown.
Result<int64_t> check_suppression(const Inference& in);

struct Selection {
  std::vector<int32_t> indices;
  std::vector<float> scores;
};
// Repeatedly takes the box of the best score above kLeastScore (the first of equal ones). It is dropped if it overlaps
// a selected one by kOverlap or more. sigma > 0: every selected box that it overlaps by v lowers its score by
// exp(-v^2 / (2 sigma)) before it counts.
Selection suppress(const Evaluation& e, float sigma);

}  // namespace pestle::ops
