#include "quant/statistics.h"

#include <algorithm>
#include <cmath>

#include "base/elementary.h"

namespace pestle::quant {
namespace {

constexpr size_t kBins = 8192;  // even: halves merge pairwise

struct Extremes {
  float low = 0, high = 0;
  bool finite = true;
};

Extremes extremes_of(std::span<const float> values) {
  Extremes e;
  if (values.empty()) return e;
  e.low = e.high = values[0];
  float sum = 0.0f;
  for (float value : values) {
    e.low = std::min(e.low, value);
    e.high = std::max(e.high, value);
    sum += value * 0.0f;  // NaN or infinity leaves NaN
  }
  e.finite = sum == 0.0f;
  return e;
}

float power_of_two_above(float value) {
  int exponent = 0;
  std::frexp(std::max(value, 1e-30f), &exponent);
  return std::ldexp(1.0f, exponent);
}

}  // namespace

void ValueStatistics::add(std::span<const float> values, const ObserverSpec& spec) {
  const Extremes e = extremes_of(values);
  if (!e.finite) {
    non_finite_ = true;
    return;
  }
  ValueStatistics one;
  one.samples_ = 1;
  one.low_ = e.low;
  one.high_ = e.high;
  one.average_low_ = e.low;
  one.average_high_ = e.high;
  if (spec.kind == ObserverSpec::kPercentile) one.add_to_histogram(values);
  merge(one, spec);
}

void ValueStatistics::merge(const ValueStatistics& later, const ObserverSpec& spec) {
  non_finite_ = non_finite_ || later.non_finite_;
  if (!later.seen()) return;
  if (!seen()) {
    const bool bad = non_finite_;
    *this = later;
    non_finite_ = bad;
    return;
  }
  low_ = std::min(low_, later.low_);
  high_ = std::max(high_, later.high_);
  const double keep = elementary::pow(spec.momentum, static_cast<double>(later.samples_));
  average_low_ = average_low_ * keep + later.average_low_ * (1 - keep);
  average_high_ = average_high_ * keep + later.average_high_ * (1 - keep);
  samples_ += later.samples_;
  if (spec.kind != ObserverSpec::kPercentile) return;
  ValueStatistics other = later;
  const float reach = std::max(reach_, other.reach_);
  widen(reach);
  other.widen(reach);
  for (size_t i = 0; i < bins_.size(); ++i) bins_[i] += other.bins_[i];
}

void ValueStatistics::add_to_histogram(std::span<const float> values) {
  reach_ = power_of_two_above(std::max(std::fabs(low_), std::fabs(high_)));
  bins_.assign(kBins, 0);
  const float factor = static_cast<float>(kBins / 2) / reach_;
  for (float value : values) {
    const auto bin = static_cast<int64_t>(std::floor((value + reach_) * factor));
    ++bins_[static_cast<size_t>(std::clamp<int64_t>(bin, 0, kBins - 1))];
  }
}

void ValueStatistics::widen(float reach) {
  while (reach_ < reach) {
    std::vector<int64_t> wider(kBins, 0);
    for (size_t i = 0; i < kBins; ++i) wider[kBins / 4 + i / 2] += bins_[i];
    bins_ = std::move(wider);
    reach_ *= 2;
  }
}

Range ValueStatistics::range(const ObserverSpec& spec) const {
  if (spec.kind == ObserverSpec::kMovingAverage)
    return {static_cast<float>(average_low_), static_cast<float>(average_high_)};
  if (spec.kind == ObserverSpec::kMinMax || bins_.empty()) return {low_, high_};
  int64_t total = 0;
  for (int64_t count : bins_) total += count;
  const auto outside =
      static_cast<int64_t>(std::floor(static_cast<double>(total) * (1.0 - spec.percentile / 100.0) / 2));
  const float width = 2 * reach_ / static_cast<float>(kBins);
  size_t first = 0, last = kBins - 1;
  for (int64_t left = outside; first < last && left >= bins_[first]; ++first) left -= bins_[first];
  for (int64_t left = outside; last > first && left >= bins_[last]; --last) left -= bins_[last];
  return {std::max(low_, -reach_ + static_cast<float>(first) * width),
          std::min(high_, -reach_ + static_cast<float>(last + 1) * width)};
}

Statistics stand_in_statistics(const ir::Module& module) {
  constexpr float kEnds[] = {-1.0f, 1.0f};
  ValueStatistics one;
  one.add(kEnds, {});
  Statistics statistics;
  for (const ir::Graph& graph : module.graphs) statistics.graphs.emplace_back(graph.values.size(), one);
  statistics.intermediates.resize(module.graphs.size());
  return statistics;
}

}  // namespace pestle::quant
