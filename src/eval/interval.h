// How far a share that was counted on n samples may lie from the true one.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace pestle::eval {

struct Interval {
  double low = 0, high = 1;
  double half_width() const { return (high - low) / 2; }
};

// The 95 % interval of Wilson (1927): unlike share +- 1.96 standard errors it stays within 0..1 and does not shrink to
// nothing where all samples say the same.
inline Interval interval_of_share(double share, size_t samples) {
  if (samples == 0) return {};
  constexpr double kZ = 1.959964;
  const auto n = static_cast<double>(samples);
  const double centre = (share + kZ * kZ / (2 * n)) / (1 + kZ * kZ / n);
  const double half = kZ * std::sqrt(share * (1 - share) / n + kZ * kZ / (4 * n * n)) / (1 + kZ * kZ / n);
  return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

}  // namespace pestle::eval
