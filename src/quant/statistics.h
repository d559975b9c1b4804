// What was seen of a model's activations. Statistics of parts of the data merge into those of the whole.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/tensor.h"
#include "ir/graph.h"
#include "quant/parameters.h"

namespace pestle::quant {

// How ranges are taken from samples.
struct ObserverSpec {
  enum Kind : uint8_t { kMinMax, kMovingAverage, kPercentile } kind = kMinMax;
  double momentum = 0.9;      // kMovingAverage: weight of what was seen before
  double percentile = 99.99;  // kPercentile: share of values inside the range, in percent
};

// One value's numbers. add() must be called in the order of samples; merge() appends later samples.
class ValueStatistics {
 public:
  void add(std::span<const float> values, const ObserverSpec& spec);
  void merge(const ValueStatistics& later, const ObserverSpec& spec);
  bool seen() const { return samples_ > 0; }
  // The range that the observer chose; the first index of a number that is not finite is reported by add().
  Range range(const ObserverSpec& spec) const;
  int64_t samples() const { return samples_; }
  bool has_non_finite() const { return non_finite_; }

 private:
  void add_to_histogram(std::span<const float> values);
  void widen(float reach);

  int64_t samples_ = 0;
  bool non_finite_ = false;
  float low_ = 0, high_ = 0;                   // kMinMax and kPercentile
  double average_low_ = 0, average_high_ = 0;  // kMovingAverage
  // kPercentile: counts over [-reach_, reach_] in equal bins; reach_ is a power of two and doubles when needed, two
  // bins becoming one, so that merging is exact.
  float reach_ = 0;
  std::vector<int64_t> bins_;
};

struct Statistics {
  ObserverSpec observer;
  std::vector<std::vector<ValueStatistics>> graphs;  // by value id
  // By node and number: values inside it that have no id. Shorter where nothing was seen.
  std::vector<std::vector<std::vector<ValueStatistics>>> intermediates;
  int64_t samples = 0;
};

// Statistics that claim the range [-1, 1] for every value: enough to ask which nodes would become integer, and how
// large an integer model's arena is, before any sample was seen.
Statistics stand_in_statistics(const ir::Module& module);

}  // namespace pestle::quant
