#include "flows/roles.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include "base/text.h"
#include "eval/interval.h"
#include "flows/label_check.h"

namespace pestle::flows {
namespace {

using Rows = std::vector<size_t>;

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

// Rows of a source that decode, and what is known of each.
struct Available {
  const data::DataSource& source;
  Rows rows;
};

std::vector<std::string> splits_of(const Available& available) {
  std::set<std::string> names;
  for (size_t row : available.rows) names.insert(available.source.info(row).split);
  names.erase("");
  return {names.begin(), names.end()};
}

// Rows of a split; without a name those that belong to some other split.
Rows rows_of(const Available& available, const std::string& split, const std::string& other) {
  Rows rows;
  for (size_t row : available.rows) {
    const std::string& own = available.source.info(row).split;
    if (split.empty() ? !own.empty() && own != other : own == split) rows.push_back(row);
  }
  return rows;
}

std::string quoted(const std::vector<std::string>& names) { return "\"" + join(names, "\", \"") + "\""; }

Parts odd_rows(const Rows& rows) {
  Parts parts{{}, {}, "odd rows, while even rows calibrate"};
  for (size_t i = 0; i < rows.size(); ++i) (i % 2 == 0 ? parts.calibrating : parts.scoring).push_back(rows[i]);
  return parts;
}

Parts held_back(const Rows& rows) { return {rows, {}, "samples held back from calibration"}; }

Parts part(const Available& available, RoleRequest::Unsplit unsplit) {
  std::vector<std::string> splits = splits_of(available);
  const std::string calibrating = first_of(kCalibrating, splits), scoring = first_of(kScoring, splits);
  if (splits.size() < 2 || (calibrating.empty() && scoring.empty())) {
    Parts parts = unsplit == RoleRequest::Unsplit::kHeldBack ? held_back(available.rows) : odd_rows(available.rows);
    if (splits.size() >= 2) {
      parts.note =
          fmt::format("the label file's splits {} do not say which calibrates: call them calibration and validation",
                      quoted(splits));
    }
    return parts;
  }
  if (scoring.empty()) {
    std::erase(splits, calibrating);
  } else {
    splits = {scoring};
  }
  return {rows_of(available, calibrating, scoring), rows_of(available, scoring, calibrating),
          fmt::format("the split{} {} of the label file", splits.size() == 1 ? "" : "s", quoted(splits))};
}

Rows at(const Rows& rows, const Rows& positions) {
  Rows picked;
  for (size_t position : positions) picked.push_back(rows[position]);
  return picked;
}

class Assigning {
 public:
  Assigning(const RoleRequest& request, const LoadedModel& model, ProgressSink& progress)
      : request_(request), model_(model), progress_(progress) {}

  Result<Roles> run() {
    if (!request_.data.path.empty()) PESTLE_TRY(open_data_set());
    if (!request_.validation.empty()) PESTLE_TRY(open_validation());
    doubt_validation();
    roles_.left_out = left_out_;
    return std::move(roles_);
  }

 private:
  Status open_data_set() {
    SampleRequest calibration = request_.data;
    // Labels given by hand are those of what is scored.
    if (!request_.validation.empty()) calibration.labels.clear();
    PESTLE_ASSIGN(const OpenedData data, open_data(calibration, model_));
    keep_chain(data);
    PESTLE_ASSIGN(Rows rows, decodable_rows(calibration, *data.source, progress_, *left_out_));
    Parts parts{rows, {}, {}};
    if (request_.validation.empty()) {
      parts = part({*data.source, std::move(rows)}, request_.unsplit);
      roles_.notes = data.notes;
      if (!parts.note.empty()) roles_.notes.push_back(parts.note);
      PESTLE_TRY(score(data.source, parts));
    }
    const Division division = divide(parts.calibrating.size(), request_.calibrating);
    roles_.calibrating = samples(data.source, at(parts.calibrating, division.calibration));
    roles_.judging = samples(data.source, at(parts.calibrating, division.judging));
    note_judges(division);
    return {};
  }

  void note_judges(const Division& division) {
    const size_t judges = division.judging.size();
    if (judges == 0) return;  // said of the result
    if (!division.withheld && judges >= kEnoughSamples) return;
    const bool scored = roles_.scoring != nullptr || !request_.validation.empty();
    roles_.notes.push_back(fmt::format(
        "{} sample{}{} judge{} {}: a share of them is known to +-{:.0f} points at worst", judges,
        judges == 1 ? "" : "s", division.withheld ? ", withheld from calibration," : "", judges == 1 ? "s" : "",
        scored ? "refinement" : "the result", 100 * eval::interval_of_share(0.5, judges).half_width()));
  }

  Status score(const std::shared_ptr<const data::DataSource>& source, const Parts& parts) {
    roles_.scored_on = parts.scored_on;
    if (!parts.scoring.empty()) roles_.scoring = samples(source, parts.scoring);
    if (!parts.scoring.empty() || request_.unsplit == RoleRequest::Unsplit::kHeldBack) return {};
    return fail(ErrorCode::kInvalidArgument, fmt::format("{} has no sample left to score on", request_.data.path),
                "`validation` FOLDER names other samples");
  }

  Status open_validation() {
    SampleRequest validation = request_.data;
    validation.path = request_.validation;
    validation.split.clear();
    PESTLE_ASSIGN(const OpenedData data, open_data(validation, model_));
    keep_chain(data);
    if (data.source->size() == 0) {
      return fail(ErrorCode::kInvalidArgument, request_.validation + " holds no sample to score on");
    }
    PESTLE_ASSIGN(Rows rows, decodable_rows(validation, *data.source, progress_, *left_out_));
    roles_.scoring = samples(data.source, std::move(rows));
    roles_.scored_on = request_.validation;
    roles_.notes.insert(roles_.notes.end(), data.notes.begin(), data.notes.end());
    return {};
  }

  void doubt_validation() {
    if (request_.validation.empty() || request_.data.path.empty()) return;
    std::error_code error;
    if (!std::filesystem::equivalent(request_.data.path, request_.validation, error) || error) return;
    roles_.warnings.push_back(
        fmt::format("`validation` {} is the same as `data`: the samples that are scored set the ranges too, so the "
                    "score is better than on others",
                    request_.validation));
  }

  void keep_chain(const OpenedData& data) {
    roles_.preprocess = data.preprocess;
    roles_.chain = data.chain;
  }

  std::unique_ptr<Samples> samples(std::shared_ptr<const data::DataSource> source, Rows rows) const {
    auto made = std::make_unique<Samples>(std::move(source), std::move(rows), request_.data.strict, progress_);
    made->record_in(left_out_);
    return made;
  }

  const RoleRequest& request_;
  const LoadedModel& model_;
  ProgressSink& progress_;
  std::shared_ptr<LeftOut> left_out_ = std::make_shared<LeftOut>();
  Roles roles_;
};

}  // namespace

Result<Roles> assign_roles(const RoleRequest& request, const LoadedModel& model, ProgressSink& progress) {
  return Assigning(request, model, progress).run();
}

}  // namespace pestle::flows
