// How near the outputs of one model are to those of another: agreement, SQNR, cosine, mean squared error.
#pragma once

#include <cstdint>
#include <span>

namespace pestle::eval {

// Sums over samples, added in their order. One object an output.
class Similarity {
 public:
  // One sample's values of an output: of the reference (float) model and of the other.
  void add(std::span<const float> reference, std::span<const float> other);

  int64_t samples() const { return samples_; }
  // Share of samples on which the largest value stands at the same place; the first one where several are largest.
  double agreement() const { return ratio(static_cast<double>(same_), static_cast<double>(samples_)); }
  // 10 log10 of the reference's energy over the energy of the difference; 200 where there is no difference.
  double sqnr_db() const;
  // The same after each sample's mean has been taken off both, as classifiers' logits are compared.
  double centred_sqnr_db() const;
  // 10 log10 of the squared range of the reference's values, over all samples, over the mean squared error.
  double psnr_db() const;
  double cosine() const;
  double mse() const { return ratio(noise_, static_cast<double>(values_)); }
  double max_abs() const { return max_abs_; }

 private:
  static double ratio(double a, double b) { return b == 0.0 ? 0.0 : a / b; }

  int64_t samples_ = 0, values_ = 0, same_ = 0;
  double signal_ = 0, noise_ = 0, dot_ = 0, other_ = 0, centred_signal_ = 0, centred_noise_ = 0, max_abs_ = 0;
  double lowest_ = 0, highest_ = 0;  // of the reference
};

// 10 log10(signal / noise), at most 200.
double decibels(double signal, double noise);

}  // namespace pestle::eval
