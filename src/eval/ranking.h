// Top-k accuracy of class scores.
#pragma once

#include <cstdint>
#include <span>

namespace pestle::eval {

// True if fewer than k scores are larger than that of `label`, or equal to it at an earlier place.
inline bool in_top(std::span<const float> scores, int64_t label, int k) {
  if (label < 0 || label >= static_cast<int64_t>(scores.size())) return false;
  const float own = scores[label];
  int ahead = 0;
  for (int64_t i = 0; i < static_cast<int64_t>(scores.size()); ++i) {
    if (scores[i] > own || (scores[i] == own && i < label)) ++ahead;
  }
  return ahead < k;
}

}  // namespace pestle::eval
