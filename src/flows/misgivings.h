// What somebody who quantizes should be warned of. The rules, which docs/warnings.md states for users: plain bars on
// numbers that were measured anyway. Options are named `in_backquotes`, as the structs of this room name them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "flows/judging.h"
#include "flows/layers.h"
#include "quant/mode.h"

namespace pestle::flows {

// Fewer calibrating samples are warned of; of judging ones, fewer than kEnoughSamples (label_check.h).
inline constexpr size_t kFewToCalibrate = 32;
// Worse results than these are warned of: an error with a tenth of the signal's power; an agreement that is surely
// below; a loss of top-1 that is surely real and at least so large.
inline constexpr double kCollapsedDb = 10.0, kLeastAgreement = 0.9, kMostLost = 0.05;

std::optional<std::string> few_to_calibrate(size_t samples);
std::optional<std::string> few_to_judge(const Judgement& judgement);

// Empty if the result is as good as can be asked; else one clause a rule that it breaks.
std::vector<std::string> signs_of_collapse(const Judgement& judgement, const FloatBehaviour& original);
// How such a model was made, for the way out.
struct Making {
  const quant::Mode* mode = nullptr;
  bool per_tensor = false;
  bool refined = true;  // bias correction was allowed
};
std::string collapse_warning(const std::vector<std::string>& signs, const LayerFindings& found, const Making& making);

// The float model itself does not do its work on these samples.
std::optional<std::string> doubtful_answers(const FloatBehaviour& original);

// Ends of an input's values.
struct Ends {
  double low = 0, high = 0;
};
std::optional<std::string> other_range_than_recorded(const std::string& input, Ends seen, Ends recorded);
// `share` of the values of the first clipping layer lie at its upper limit.
std::optional<std::string> saturated_layer(const std::string& layer, double share);

}  // namespace pestle::flows
