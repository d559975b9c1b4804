// Which samples do what when a verb both quantizes and scores: no sample does both.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "flows/samples.h"

namespace pestle::flows {

struct RoleRequest {
  SampleRequest data;
  std::string validation;  // samples to score on; empty: the label file's split, else as `unsplit` says
  size_t calibrating = 200;
  // Data that says nothing of the two roles: odd rows score, or only those do that are held back from calibration.
  enum class Unsplit : uint8_t { kOddRows, kHeldBack } unsplit = Unsplit::kOddRows;
};

struct Roles {
  std::unique_ptr<Samples> calibrating, judging, scoring;  // scoring is null where the judging samples score
  std::string preprocess;                                  // canonical text of the chain in force
  std::optional<data::Chain> chain;                        // the same
  std::string scored_on;                                   // "the split \"validation\" of the label file"
  std::vector<std::string> notes;
  std::vector<std::string> warnings;
  std::shared_ptr<LeftOut> left_out;  // complete once all walks are over
};

// Scoring samples are those of `validation`, else those that the label file's column `split` sets apart, else as
// `unsplit` says. Splits called calibration, calib, training or train calibrate, those called validation, valid, val,
// test or evaluation, eval score; where only one of the two is there, all rows of other splits are the other. Of the
// calibrating ones some are held back to judge refinement. Without data, but with validation samples, there are only
// scoring samples.
Result<Roles> assign_roles(const RoleRequest& request, const LoadedModel& model, ProgressSink& progress);

}  // namespace pestle::flows
