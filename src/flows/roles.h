// Which samples do what when a verb both quantizes and scores: no sample does both.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "flows/samples.h"

namespace pestle::flows {

struct RoleRequest {
  SampleRequest data;
  std::string validation;  // --validation D2; empty: the label file's split, or odd rows
  size_t calibrating = 200;
};

struct Roles {
  std::unique_ptr<Samples> calibrating, judging, scoring;
  std::string preprocess;  // canonical text of the chain in force
  std::string scored_on;   // "the split \"validation\" of the label file"
  std::vector<std::string> notes;
};

// Scoring samples are those of --validation, else those that the label file's column `split` sets apart, else odd rows
// while even rows calibrate. Splits called calibration, calib, training or train calibrate, those called validation,
// valid, val, test or evaluation, eval score; where only one of the two is there, all rows of other splits are the
// other. Of the calibrating ones some judge refinement.
Result<Roles> assign_roles(const RoleRequest& request, const LoadedModel& model, ProgressSink& progress);

}  // namespace pestle::flows
