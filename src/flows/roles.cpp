#include "flows/roles.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "flows/label_check.h"

namespace pestle::flows {
namespace {

using Rows = std::vector<size_t>;

Rows all_rows(const data::DataSource& source) { return spread(source.size(), source.size()); }

struct Parts {
  Rows calibrating, scoring;
  std::string scored_on;
  std::string note = {};
};

constexpr std::array kCalibrating = {"calibration", "calib", "training", "train"};
constexpr std::array kScoring = {"validation", "valid", "val", "test", "evaluation", "eval"};

// The first of the names that is there; empty: none.
std::string first_of(std::span<const char* const> names, const std::vector<std::string>& splits) {
  for (const char* name : names) {
    if (std::find(splits.begin(), splits.end(), name) != splits.end()) return name;
  }
  return {};
}

std::vector<std::string> splits_of(const data::DataSource& source) {
  std::set<std::string> names;
  for (size_t row = 0; row < source.size(); ++row) names.insert(source.info(row).split);
  names.erase("");
  return {names.begin(), names.end()};
}

// Rows of a split; without a name those that belong to some other split.
Rows rows_of(const data::DataSource& source, const std::string& split, const std::string& other) {
  Rows rows;
  for (size_t row = 0; row < source.size(); ++row) {
    const std::string& own = source.info(row).split;
    if (split.empty() ? !own.empty() && own != other : own == split) rows.push_back(row);
  }
  return rows;
}

std::string quoted(const std::vector<std::string>& names) { return "\"" + join(names, "\", \"") + "\""; }

Parts odd_rows(const data::DataSource& source) {
  Parts parts{{}, {}, "odd rows, while even rows calibrate"};
  for (size_t row = 0; row < source.size(); ++row) (row % 2 == 0 ? parts.calibrating : parts.scoring).push_back(row);
  return parts;
}

Parts part(const data::DataSource& source) {
  std::vector<std::string> splits = splits_of(source);
  const std::string calibrating = first_of(kCalibrating, splits), scoring = first_of(kScoring, splits);
  if (splits.size() < 2 || (calibrating.empty() && scoring.empty())) {
    Parts parts = odd_rows(source);
    if (splits.size() >= 2) {
      parts.note = fmt::format(
          "the label file's splits {} do not say which calibrates: call them calibration and validation",
          quoted(splits));
    }
    return parts;
  }
  if (scoring.empty()) {
    std::erase(splits, calibrating);
  } else {
    splits = {scoring};
  }
  return {rows_of(source, calibrating, scoring), rows_of(source, scoring, calibrating),
          fmt::format("the split{} {} of the label file", splits.size() == 1 ? "" : "s", quoted(splits))};
}

Rows at(const Rows& rows, const Rows& positions) {
  Rows picked;
  for (size_t position : positions) picked.push_back(rows[position]);
  return picked;
}

}  // namespace

Result<Roles> assign_roles(const RoleRequest& request, const LoadedModel& model, ProgressSink& progress) {
  Roles roles;
  SampleRequest calibration = request.data;
  // Labels given by hand are those of what is scored.
  if (!request.validation.empty()) calibration.labels.clear();
  PESTLE_ASSIGN(const OpenedData data, open_data(calibration, model));
  roles.preprocess = data.preprocess;
  std::shared_ptr<const data::DataSource> scored = data.source;
  std::vector<std::string> scored_notes = data.notes;
  Parts parts;
  if (request.validation.empty()) {
    parts = part(*data.source);
  } else {
    SampleRequest validation = request.data;
    validation.path = request.validation;
    validation.split.clear();
    PESTLE_ASSIGN(const OpenedData other, open_data(validation, model));
    scored = other.source;
    scored_notes = other.notes;
    parts = {all_rows(*data.source), all_rows(*scored), request.validation};
  }
  if (parts.scoring.empty()) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("{} has no sample left to score on", request.data.path),
                "--validation FOLDER names other samples");
  }
  const Division division = divide(parts.calibrating.size(), request.calibrating);
  const bool strict = request.data.strict;
  const auto samples = [&](auto source, Rows rows) {
    return std::make_unique<Samples>(std::move(source), std::move(rows), strict, progress);
  };
  roles.calibrating = samples(data.source, at(parts.calibrating, division.calibration));
  roles.judging = samples(data.source, at(parts.calibrating, division.judging));
  roles.scoring = samples(scored, parts.scoring);
  roles.scored_on = parts.scored_on;
  roles.notes = scored_notes;
  if (!parts.note.empty()) roles.notes.push_back(parts.note);
  const size_t judges = division.judging.size();
  if (division.withheld || judges < kEnoughSamples) {
    roles.notes.push_back(
        fmt::format("{} samples{} judge refinement: a share of them is known to +-{:.0f} points at worst", judges,
                    division.withheld ? ", withheld from calibration," : "", 100 * uncertainty(0.5, judges)));
  }
  return roles;
}

}  // namespace pestle::flows
