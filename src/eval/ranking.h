// Top-k accuracy of class scores.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
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

// Counts of right answers of one model; shares are of the samples that have a label, nothing without any.
class Hits {
 public:
  void add(std::span<const float> scores, std::optional<int64_t> label) {
    classes_ = scores.size();
    if (!label) return;
    ++labelled_;
    top1_ += in_top(scores, *label, 1) ? 1 : 0;
    top5_ += in_top(scores, *label, 5) ? 1 : 0;
  }
  size_t classes() const { return classes_; }
  size_t labelled() const { return labelled_; }
  std::optional<double> top1_share() const { return share(top1_); }
  std::optional<double> top5_share() const { return share(top5_); }

 private:
  std::optional<double> share(size_t count) const {
    if (labelled_ == 0) return std::nullopt;
    return static_cast<double>(count) / static_cast<double>(labelled_);
  }

  size_t top1_ = 0, top5_ = 0, labelled_ = 0, classes_ = 0;
};

}  // namespace pestle::eval
