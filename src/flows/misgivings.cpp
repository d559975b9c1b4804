#include "flows/misgivings.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "eval/interval.h"
#include "flows/label_check.h"

namespace pestle::flows {
namespace {

constexpr size_t kEnoughToDoubt = 16;     // samples on which the same answer is no accident
constexpr double kLittleSkill = 0.1;      // of the way from chance to all answers right
constexpr double kConstant = 1e-3;        // variation below which an output does not depend on the input
constexpr double kMuchAtTheLimit = 0.25;  // share of a layer's values at its upper limit
constexpr double kBeyondRecord = 0.1;     // of the recorded range's width
constexpr double kUsedOfRecord = 0.25;    // share of the recorded width below which the samples are of another range

std::string way_out(const LayerFindings& found, const Making& making) {
  std::vector<std::string> ways;
  const bool whole = making.mode->scheme == quant::Scheme::kInteger;
  const bool int8 = whole && making.mode->activations == DType::kInt8;
  if (making.per_tensor) ways.emplace_back("leave out `per_tensor`");
  if (!making.refined) ways.emplace_back("let bias correction run (`refine` auto)");
  if (found.blame) {
    const char* mode = making.mode->full ? (int8 ? "`mode` int8 with " : "`mode` int16x8 with ") : "";
    ways.push_back(fmt::format("{}`keep_float` '{}'", mode, found.blame->node));
  }
  ways.emplace_back(int8 ? "`mode` int16x8" : (whole ? "`mode` dynamic" : "`mode` float16"));
  ways.emplace_back("pestle explore, which tries every mode");
  return join(ways, "; or ");
}

}  // namespace

std::optional<std::string> few_to_calibrate(size_t samples) {
  if (samples == 0 || samples >= kFewToCalibrate) return std::nullopt;
  return fmt::format("only {} sample{} calibrated: ranges are what these few reach; 100 to 500 are usual", samples,
                     samples == 1 ? "" : "s");
}

std::optional<std::string> few_to_judge(const Judgement& judgement) {
  if (judgement.samples >= kEnoughSamples) return std::nullopt;
  if (judgement.samples == 0) {
    return "no sample is left to judge on: nothing says how near the result is to the float model; give more samples, "
           "or others as `validation`";
  }
  const double margin =
      judgement.agreement ? judgement.agreement->margin : eval::interval_of_share(0.5, judgement.samples).half_width();
  return fmt::format("only {} sample{} judged: shares are uncertain by {:.0f} points; `validation` names more",
                     judgement.samples, judgement.samples == 1 ? "" : "s", 100 * margin);
}

std::vector<std::string> signs_of_collapse(const Judgement& judgement, const FloatBehaviour& original) {
  std::vector<std::string> signs;
  if (judgement.worst_sqnr_db < kCollapsedDb) {
    signs.push_back(fmt::format("output \"{}\" has an SQNR of {:.1f} dB (below {:.0f})", judgement.worst_output,
                                judgement.worst_sqnr_db, kCollapsedDb));
  }
  const std::optional<Share>& agreement = judgement.agreement;
  if (original.classes > 1 && agreement && agreement->value + agreement->margin < kLeastAgreement) {
    signs.push_back(fmt::format("only {:.0f} % ± {:.0f} of the answers are the float model's", 100 * agreement->value,
                                100 * agreement->margin));
  }
  if (judgement.top1) {
    const double lost = judgement.float_top1->value - judgement.top1->value;
    // What is lost within the margin may be chance.
    if (lost > std::max(kMostLost, judgement.top1->margin)) {
      signs.push_back(fmt::format("top-1 falls from {:.1f} to {:.1f} %", 100 * judgement.float_top1->value,
                                  100 * judgement.top1->value));
    }
  }
  return signs;
}

std::string collapse_warning(const std::vector<std::string>& signs, const LayerFindings& found, const Making& making) {
  std::string text = "the result is far from the float model: " + join(signs, ", ");
  if (found.blame) {
    const LayerComparison& layer = found.layers[found.blame->layer];
    text += fmt::format("; most is lost at \"{}\" ({}, {:.1f} dB): {}", layer.name, layer.op, layer.sqnr_db,
                        found.blame->why);
  }
  return text + ". Way out: " + way_out(found, making);
}

std::optional<std::string> doubtful_answers(const FloatBehaviour& original) {
  const std::string check = ": check `preprocess`";
  if (original.top1 && original.classes > 1 && original.samples >= kEnoughToDoubt) {
    const double chance = 1.0 / static_cast<double>(original.classes);
    if (original.top1->value < chance + kLittleSkill * (1 - chance)) {
      return fmt::format("the float model's own top-1 is {:.1f} %, near chance{}, `labels` and `label_offset`",
                         100 * original.top1->value, check);
    }
  }
  if (original.samples < 2) return std::nullopt;
  if (original.variation < kConstant) {
    return fmt::format("the float model's output hardly depends on the input (it changes by {:.2g} of its size){}",
                       original.variation, check);
  }
  const bool one_answer = original.answers == 1 && original.classes > 2 && original.labels != 1;
  if (one_answer && original.samples >= kEnoughToDoubt) {
    return fmt::format("the float model gives the same answer for all {} samples{}", original.samples, check);
  }
  return std::nullopt;
}

std::optional<std::string> other_range_than_recorded(const std::string& input, Ends seen, Ends recorded) {
  const double width = recorded.high - recorded.low;
  const bool outside =
      seen.low < recorded.low - kBeyondRecord * width || seen.high > recorded.high + kBeyondRecord * width;
  if (!outside && seen.high - seen.low >= kUsedOfRecord * width) return std::nullopt;
  return fmt::format(
      "the samples of input \"{}\" lie in {:.4g}..{:.4g}, but the model's own record says {:.4g}..{:.4g}: check "
      "`preprocess`",
      input, seen.low, seen.high, recorded.low, recorded.high);
}

std::optional<std::string> saturated_layer(const std::string& layer, double share) {
  if (share < kMuchAtTheLimit) return std::nullopt;
  return fmt::format(
      "{:.0f} % of the values of \"{}\", the first layer that clips, lie at its upper limit in the float model: the "
      "samples' range is too wide; check `preprocess`",
      100 * share, layer);
}

}  // namespace pestle::flows
