#include "eval/similarity.h"

#include <algorithm>
#include <cmath>

#include "base/elementary.h"

namespace pestle::eval {

double decibels(double signal, double noise) {
  constexpr double kMost = 200.0;
  if (noise <= 0.0) return kMost;
  if (signal <= 0.0) return -kMost;
  return std::clamp(10.0 * elementary::log(signal / noise) / 2.302585092994045684, -kMost, kMost);
}

void Similarity::add(std::span<const float> reference, std::span<const float> other) {
  const size_t count = reference.size();
  if (count == 0) return;
  double sum_a = 0, sum_b = 0;
  for (size_t i = 0; i < count; ++i) {
    sum_a += static_cast<double>(reference[i]);
    sum_b += static_cast<double>(other[i]);
  }
  const double mean_a = sum_a / static_cast<double>(count), mean_b = sum_b / static_cast<double>(count);
  if (samples_ == 0) lowest_ = highest_ = static_cast<double>(reference[0]);
  for (size_t i = 0; i < count; ++i) {
    const double a = static_cast<double>(reference[i]), b = static_cast<double>(other[i]);
    const double difference = a - b;
    const double centred = difference - (mean_a - mean_b);
    lowest_ = std::min(lowest_, a);
    highest_ = std::max(highest_, a);
    signal_ += a * a;
    other_ += b * b;
    dot_ += a * b;
    noise_ += difference * difference;
    centred_signal_ += (a - mean_a) * (a - mean_a);
    centred_noise_ += centred * centred;
    max_abs_ = std::max(max_abs_, std::fabs(difference));
  }
  const auto best = [](std::span<const float> values) {
    return std::max_element(values.begin(), values.end()) - values.begin();
  };
  same_ += best(reference) == best(other) ? 1 : 0;
  values_ += static_cast<int64_t>(count);
  ++samples_;
}

double Similarity::sqnr_db() const { return decibels(signal_, noise_); }
double Similarity::centred_sqnr_db() const { return decibels(centred_signal_, centred_noise_); }
double Similarity::psnr_db() const { return decibels((highest_ - lowest_) * (highest_ - lowest_), mse()); }
double Similarity::cosine() const { return ratio(dot_, std::sqrt(signal_) * std::sqrt(other_)); }

}  // namespace pestle::eval
