#include "flows/label_check.h"

#include <fmt/core.h>

#include <algorithm>

#include "eval/interval.h"

namespace pestle::flows {
namespace {

constexpr double kClearlyBetter = 0.1;  // in top-1, and at least twice as good: what a shift must gain to be believed

// Chance, and a little more.
bool is_near_chance(double top1, size_t classes) {
  if (classes < 2) return false;
  const double chance = 1.0 / static_cast<double>(classes);
  return top1 < chance + std::min(chance, kClearlyBetter);
}

}  // namespace

void LabelCheck::add(std::span<const float> scores, std::optional<int64_t> label) {
  const auto shifted = [&](int64_t by) { return label ? std::optional<int64_t>(*label + by) : std::nullopt; };
  given_.add(scores, label);
  lower_.add(scores, shifted(-1));
  higher_.add(scores, shifted(1));
  if (label) highest_ = std::max(highest_, *label);
}

std::optional<std::string> LabelCheck::doubt(int64_t offset) const {
  if (!given_.top1_share()) return std::nullopt;
  const double given = *given_.top1_share(), lower = *lower_.top1_share(), higher = *higher_.top1_share();
  const double best = std::max(lower, higher);
  const auto outputs = static_cast<int64_t>(given_.classes());
  const bool clearly = best >= given + kClearlyBetter && best >= 2 * given;
  // Labels that end one before the last output leave room for a background class in front; those that count from one
  // go one too far.
  const bool leaves_one = higher > given && highest_ == outputs - 2 && offset == 0;
  const bool one_too_far = lower > given && highest_ == outputs;
  if (clearly || leaves_one || one_too_far) {
    const int64_t better = offset + (higher >= lower ? 1 : -1);
    return fmt::format(
        "the labels look shifted ({} outputs, labels up to {}): --label-offset {} gives top-1 {:.1f} % instead of "
        "{:.1f} %",
        outputs, highest_, better, 100 * best, 100 * given);
  }
  if (highest_ >= outputs) {
    return fmt::format("labels go up to {}, but the model has {} outputs: check --labels and --label-offset", highest_,
                       outputs);
  }
  if (!is_near_chance(given, given_.classes())) return std::nullopt;
  return "the score is near chance, and --label-offset -1 or 1 more would not change that: check --preprocess and "
         "--labels";
}

std::optional<std::string> few_samples(const std::string& what, double share, size_t samples) {
  if (samples == 0 || samples >= kEnoughSamples) return std::nullopt;
  return fmt::format("only {} samples: {} is {:.1f} % +- {:.1f}", samples, what, 100 * share,
                     100 * eval::interval_of_share(share, samples).half_width());
}

}  // namespace pestle::flows
