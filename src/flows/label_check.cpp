#include "flows/label_check.h"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "eval/interval.h"

namespace pestle::flows {
namespace {

constexpr double kClearlyBetter = 0.1;  // in top-1, and at least twice as good: what a shift must gain to be believed

constexpr size_t kEnoughToJudgeSkill = 100;  // samples from which a model that knows its task is well above chance

double chance_of(size_t classes) { return 1.0 / static_cast<double>(classes); }

// Chance, and a little more; with many samples thrice chance or one point above it, though never more than a fifth of
// the way from chance to all answers right.
bool is_near_chance(double top1, const eval::Hits& hits) {
  if (hits.classes() < 2) return false;
  const double chance = chance_of(hits.classes());
  const double little = chance + std::min(chance, kClearlyBetter);
  if (hits.labelled() < kEnoughToJudgeSkill) return top1 < little;
  return top1 < std::min(std::max(3 * chance, chance + 0.01), chance + 0.2 * (1 - chance));
}

}  // namespace

void LabelCheck::add(std::span<const float> scores, std::optional<int64_t> label) {
  given_.add(scores, label);
  for (Shifted& other : shifted_) other.hits.add(scores, label ? std::optional(*label + other.by) : std::nullopt);
  if (label) highest_ = std::max(highest_, *label);
}

std::optional<std::string> LabelCheck::doubt(int64_t offset) const {
  if (!given_.top1_share()) return std::nullopt;
  const Shifted& found =
      *std::ranges::max_element(shifted_, {}, [](const Shifted& other) { return other.hits.top1_share().value_or(0); });
  const double given = *given_.top1_share(), best = found.hits.top1_share().value_or(0);
  const auto outputs = static_cast<int64_t>(given_.classes());
  const bool clearly = best >= given + kClearlyBetter && best >= 2 * given;
  // Labels that end one before the last output leave room for a background class in front; those that count from one
  // go one too far.
  const bool leaves_one = found.by == 1 && best > given && highest_ == outputs - 2 && offset == 0;
  const bool one_too_far = found.by == -1 && best > given && highest_ == outputs;
  if (clearly || leaves_one || one_too_far) {
    return fmt::format(
        "the labels look shifted ({} outputs, labels up to {}): --label-offset {} gives top-1 {:.1f} % instead of "
        "{:.1f} %",
        outputs, highest_, offset + found.by, 100 * best, 100 * given);
  }
  if (highest_ >= outputs) {
    return fmt::format("labels go up to {}, but the model has {} outputs: check --labels and --label-offset", highest_,
                       outputs);
  }
  if (!is_near_chance(given, given_)) return std::nullopt;
  return near_chance(offset);
}

// With what other offsets would give, in their order.
std::string LabelCheck::near_chance(int64_t offset) const {
  std::vector<Shifted> others(shifted_.begin(), shifted_.end());
  std::ranges::sort(others, {}, &Shifted::by);
  std::vector<std::string> tried;
  for (const Shifted& other : others)
    tried.push_back(fmt::format("{} gives {:.1f} %", offset + other.by, 100 * other.hits.top1_share().value_or(0)));
  return fmt::format(
      "top-1 is {:.1f} %, near chance ({:.1f} % of {} classes): check --preprocess, --labels and "
      "--label-offset ({})",
      100 * given_.top1_share().value_or(0), 100 * chance_of(given_.classes()), given_.classes(), join(tried, ", "));
}

std::optional<std::string> few_samples(const std::string& what, double share, size_t samples) {
  if (samples == 0 || samples >= kEnoughSamples) return std::nullopt;
  return fmt::format("only {} samples: {} is {:.1f} % +- {:.1f}", samples, what, 100 * share,
                     100 * eval::interval_of_share(share, samples).half_width());
}

}  // namespace pestle::flows
