#include "flows/front.h"

#include <fmt/core.h>

#include <algorithm>
#include <functional>

#include "base/text.h"

namespace pestle::flows {
namespace {

constexpr double kSameSize = 1.02;     // sizes that differ by less are the same to everybody
constexpr double kSameLatency = 1.10;  // what two timings of one file differ by on a busy machine
constexpr double kLargestLoss = 0.01;  // of top-1
constexpr double kLeastAgreement = 0.98;
constexpr double kLeastLabelledAgreement = 0.9;  // where labels judge: top-1 alone cannot see a ruined model

constexpr double kEnoughDb = 20;  // where nothing is an answer: an error with a hundredth of the signal's power

// The share of right answers, else of the float model's, else, where an output is no row of class scores, the SQNR.
double accuracy(const ExploreRow& row) {
  if (row.top1) return *row.top1;
  return row.agreement ? *row.agreement : row.logits_centred_sqnr_db;
}

double agreeing(const ExploreRow& row) { return row.agreement.value_or(0); }

bool keeps_accuracy(const ExploreRow& row, std::optional<double> float_top1) {
  // Labels that do not fit make every model score alike; then only agreement tells a good one from a ruined one.
  if (row.top1 && float_top1)
    return *row.top1 >= *float_top1 - kLargestLoss && row.agreement.value_or(1) >= kLeastLabelledAgreement;
  return row.agreement ? *row.agreement >= kLeastAgreement : row.logits_centred_sqnr_db >= kEnoughDb;
}

bool dominates(const ExploreRow& a, const ExploreRow& b) {
  const double size = static_cast<double>(a.bytes) / static_cast<double>(b.bytes);
  const double time = a.latency.median_ms / b.latency.median_ms;
  const bool no_worse =
      size <= kSameSize && time <= kSameLatency && accuracy(a) >= accuracy(b) && agreeing(a) >= agreeing(b);
  const bool better =
      size * kSameSize < 1.0 || time * kSameLatency < 1.0 || accuracy(a) > accuracy(b) || agreeing(a) > agreeing(b);
  return no_worse && better;
}

// What `by` has over a row that it dominates, and what the row's SQNR has over it nonetheless.
std::string dominance_text(const ExploreRow& row, const ExploreRow& by) {
  std::vector<std::string> better;
  const double size = static_cast<double>(row.bytes) / static_cast<double>(by.bytes);
  const double time = row.latency.median_ms / by.latency.median_ms;
  const double points = 100 * (by.top1.value_or(0) - row.top1.value_or(0));
  const double agreed = 100 * (agreeing(by) - agreeing(row));
  if (size > kSameSize) better.push_back(fmt::format("{:.2f} times smaller", size));
  if (time > kSameLatency) better.push_back(fmt::format("{:.1f} times faster", time));
  if (points > 0) better.push_back(fmt::format("{:.2f} points of top-1 better", points));
  if (agreed > 0) better.push_back(fmt::format("{:.2f} points of agreement better", agreed));
  if (!row.top1 && !row.agreement && accuracy(by) > accuracy(row))
    better.push_back(fmt::format("{:.1f} dB nearer to the float model", accuracy(by) - accuracy(row)));
  std::string text = fmt::format("{} is {}", by.name(), join(better, " and "));
  const double lost = row.logits_centred_sqnr_db - by.logits_centred_sqnr_db;
  if (lost >= 0.05) text += fmt::format(", though its SQNR is {:.1f} dB lower", lost);
  return text;
}

// Leaves those whose measure is at most `factor` times the least.
void keep_least(std::vector<ExploreRow*>& rows, double factor,
                const std::function<double(const ExploreRow&)>& measure) {
  double least = measure(*rows[0]);
  for (const ExploreRow* row : rows) least = std::min(least, measure(*row));
  std::erase_if(rows, [&](const ExploreRow* row) { return measure(*row) > least * factor; });
}

const ExploreRow* find_float(const std::vector<ExploreRow>& rows) {
  const auto found = std::find_if(rows.begin(), rows.end(),
                                  [](const ExploreRow& row) { return row.mode == "float32" && row.works(); });
  return found == rows.end() ? nullptr : &*found;
}

std::string cost_text(const ExploreRow& row, std::optional<double> float_top1) {
  if ((!row.top1 || !float_top1) && !row.agreement)
    return fmt::format("is as near to the float model as an SQNR of {:.1f} dB", row.logits_centred_sqnr_db);
  if (!row.top1 || !float_top1)
    return fmt::format("agrees with the float model on {:.1f} % of the samples", 100 * *row.agreement);
  const double lost = 100 * (*float_top1 - *row.top1);
  if (lost < 0.05) return fmt::format("loses no top-1 ({:.1f} %)", 100 * *row.top1);
  return fmt::format("loses {:.1f} points of top-1 ({:.1f} % of {:.1f} %)", lost, 100 * *row.top1, 100 * *float_top1);
}

std::string speed_text(const ExploreRow& row, const ExploreRow* original) {
  if (original == nullptr || row.latency.median_ms <= 0) return "";
  const double times = original->latency.median_ms / row.latency.median_ms;
  if (times > kSameLatency) return fmt::format(" and {:.1f} times faster", times);
  if (times * kSameLatency < 1.0) return fmt::format(" but {:.1f} times slower", 1 / times);
  return " and as fast";
}

}  // namespace

void mark_dominated(std::vector<ExploreRow>& rows) {
  for (ExploreRow& row : rows) {
    for (const ExploreRow& other : rows) {
      if (&other == &row || !row.works() || !other.works() || !dominates(other, row)) continue;
      row.dominated_by = other.name();
      row.dominated_why = dominance_text(row, other);
      break;
    }
  }
}

std::string recommend(std::vector<ExploreRow>& rows, std::optional<double> float_top1) {
  std::vector<ExploreRow*> good;
  ExploreRow* nearest = nullptr;
  for (ExploreRow& row : rows) {
    if (!row.works() || row.mode == "float32") continue;
    if (nearest == nullptr || accuracy(row) > accuracy(*nearest)) nearest = &row;
    if (keeps_accuracy(row, float_top1)) good.push_back(&row);
  }
  if (nearest == nullptr) return "no mode works for this model; see the reasons above";
  if (good.empty()) {
    nearest->recommended = true;
    return fmt::format(
        "no mode keeps the accuracy; {} comes nearest: it {}; `pestle compare` shows the layers that lose it",
        nearest->name(), cost_text(*nearest, float_top1));
  }
  keep_least(good, 1.05, [](const ExploreRow& row) { return static_cast<double>(row.bytes); });
  keep_least(good, kSameLatency, [](const ExploreRow& row) { return row.latency.median_ms; });
  const auto nearer = [](const ExploreRow* a, const ExploreRow* b) {
    return a->logits_centred_sqnr_db < b->logits_centred_sqnr_db;
  };
  ExploreRow& best = **std::max_element(good.begin(), good.end(), nearer);
  best.recommended = true;
  return fmt::format("take {}: {:.1f} times smaller than float32{}; it {}", best.name(), best.times_smaller,
                     speed_text(best, find_float(rows)), cost_text(best, float_top1));
}

}  // namespace pestle::flows
