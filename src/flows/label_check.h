// Whether labels belong to what a model says: scores near chance, labels that look shifted by one or two (a background
// class counted or not), labels beyond the outputs. Fed sample by sample with the scores of the float model.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "eval/ranking.h"

namespace pestle::flows {

class LabelCheck {
 public:
  void add(std::span<const float> scores, std::optional<int64_t> label);
  const eval::Hits& hits() const { return given_; }
  // One sentence with what to do, if something looks wrong; `offset` is the one in force.
  std::optional<std::string> doubt(int64_t offset) const;

 private:
  struct Shifted {
    int64_t by;
    eval::Hits hits;
  };
  std::string near_chance(int64_t offset) const;

  eval::Hits given_;  // with the labels as they are
  // With other labels; of two as good the first is believed.
  std::array<Shifted, 4> shifted_ = {{{1, {}}, {-1, {}}, {2, {}}, {-2, {}}}};
  int64_t highest_ = -1;
};

// Fewer than these say little about a share.
inline constexpr size_t kEnoughSamples = 50;

// "only 20 samples: top-1 is 65.0 % +- 19.4" (half the 95 % interval); nothing from 50 on. Only those count that
// the share is of: samples without a label say nothing of top-1.
std::optional<std::string> few_samples(const std::string& what, double share, size_t samples);

}  // namespace pestle::flows
