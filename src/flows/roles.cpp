#include "flows/roles.h"

#include <fmt/core.h>

namespace pestle::flows {
namespace {

using Rows = std::vector<size_t>;

Rows all_rows(const data::DataSource& source) { return spread(source.size(), source.size()); }

Rows rows_of_split(const data::DataSource& source, std::string_view split) {
  Rows rows;
  for (size_t row = 0; row < source.size(); ++row) {
    if (source.info(row).split == split) rows.push_back(row);
  }
  return rows;
}

struct Parts {
  Rows calibrating, scoring;
  std::string scored_on;
};

Parts part(const data::DataSource& source) {
  Parts parts{rows_of_split(source, "calibration"), rows_of_split(source, "validation"),
              "the split \"validation\" of the label file"};
  if (!parts.calibrating.empty() && !parts.scoring.empty()) return parts;
  parts = {{}, {}, "odd rows, while even rows calibrate"};
  for (size_t row = 0; row < source.size(); ++row) (row % 2 == 0 ? parts.calibrating : parts.scoring).push_back(row);
  return parts;
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
  Parts parts;
  if (request.validation.empty()) {
    parts = part(*data.source);
  } else {
    SampleRequest validation = request.data;
    validation.path = request.validation;
    validation.split.clear();
    PESTLE_ASSIGN(const OpenedData other, open_data(validation, model));
    scored = other.source;
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
  if (division.withheld) {
    roles.notes.push_back(
        fmt::format("{} of the samples were withheld from calibration to judge refinement", division.judging.size()));
  }
  return roles;
}

}  // namespace pestle::flows
