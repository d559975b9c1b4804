#include "flows/explore.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "eval/ranking.h"
#include "eval/runner.h"
#include "eval/similarity.h"
#include "flows/class_scores.h"
#include "flows/evaluate.h"
#include "flows/front.h"
#include "flows/label_check.h"

namespace pestle::flows {
namespace {

// Errors that end the whole run; others only say that a mode cannot be had.
bool is_fatal(const Error& error) { return error.code == ErrorCode::kCancelled || error.code == ErrorCode::kIo; }

std::string file_name(const ExploreRow& row) { return row.mode + (row.per_tensor ? "-per-tensor" : "") + ".tflite"; }

// Sums of one mode over the scoring samples.
struct Score {
  eval::Hits hits;
  eval::Similarity answers, outputs, logits;  // answers: of the first output with class scores
};

class Exploring {
 public:
  Exploring(const ExploreOptions& options, ProgressSink& progress)
      : options_(options), progress_(progress), pool_(options.threads) {}

  Result<ExploreResult> run() {
    PESTLE_ASSIGN(model_, load_model(options_.model));
    if (is_quantized(model_.module)) {
      return fail(
          ErrorCode::kInvalidModel, options_.model.path + " is quantized already",
          "explore the float model it was made from; pestle convert keeps the integers of a quantized ONNX file");
    }
    PESTLE_TRY(make_folder());
    PESTLE_ASSIGN(roles_, assign_roles(options_.samples, model_, progress_));
    result_.notes = model_.notes;
    result_.notes.insert(result_.notes.end(), roles_.notes.begin(), roles_.notes.end());
    result_.notes.insert(result_.notes.end(), roles_.warnings.begin(), roles_.warnings.end());
    PESTLE_TRY(quantize_all());
    PESTLE_TRY(score_all());
    PESTLE_TRY(time_all());
    conclude();
    if (auto note = roles_.left_out->note()) result_.notes.push_back(*std::move(note));
    return std::move(result_);
  }

 private:
  Status make_folder() {
    std::error_code error;
    std::filesystem::create_directories(options_.folder, error);
    if (!error) return {};
    return fail(ErrorCode::kIo, fmt::format("{}: the folder cannot be made: {}", options_.folder, error.message()));
  }

  // A row for every mode; jobs_ are those that can be tried.
  Status prepare_all(Quantizer& quantizer) {
    const auto add = [&](const quant::Mode& mode, bool per_tensor) -> Status {
      ExploreRow row;
      row.mode = mode.name;
      row.per_tensor = per_tensor;
      ModeJob job{&mode, {}, options_.refine, {}, {}};
      job.choice.per_tensor = per_tensor;
      PESTLE_TRY(keep_failure(quantizer.prepare(job), row));
      jobs_.push_back(std::move(job));
      result_.rows.push_back(std::move(row));
      return {};
    };
    for (const quant::Mode& mode : quant::modes()) {
      PESTLE_TRY(add(mode, false));
      if (mode.full && mode.activations == DType::kInt8) PESTLE_TRY(add(mode, true));
    }
    return {};
  }

  // A failure that concerns one mode becomes its row's.
  static Status keep_failure(Status status, ExploreRow& row) {
    if (status) return {};
    if (is_fatal(status.error())) return status;
    row.failure = describe(status.error());
    row.hint = status.error().hint;
    return {};
  }

  Status quantize_all() {
    Quantizer quantizer({model_.module, roles_.calibrating.get(), roles_.judging.get()}, pool_, progress_);
    PESTLE_TRY(prepare_all(quantizer));
    std::vector<ModeJob> wanted;
    for (size_t i = 0; i < jobs_.size(); ++i) {
      if (result_.rows[i].works()) wanted.push_back(jobs_[i]);
    }
    PESTLE_TRY(quantizer.calibrate(wanted, options_.observer));
    result_.calibration_samples = quantizer.calibration_samples();
    for (size_t i = 0; i < jobs_.size(); ++i) {
      ExploreRow& row = result_.rows[i];
      if (row.works()) PESTLE_TRY(keep_failure(quantize(quantizer, jobs_[i], row), row));
    }
    return {};
  }

  Status quantize(Quantizer& quantizer, const ModeJob& job, ExploreRow& row) {
    PESTLE_ASSIGN(QuantizedModel quantized, quantizer.quantize(job));
    row.refinement = quantized.refinement;
    row.operators = count_operators(quantized.module);
    row.file = (std::filesystem::path(options_.folder) / file_name(row)).string();
    PESTLE_ASSIGN(row.bytes, write_quantized(quantized.module, roles_.preprocess, row.file));
    expose_logits(quantized.module);
    PESTLE_ASSIGN(auto plan, runtime::Plan::make(quantized.module));
    plans_.push_back(std::move(plan));
    return {};
  }

  std::vector<ExploreRow*> working_rows() {
    std::vector<ExploreRow*> rows;
    for (ExploreRow& row : result_.rows) {
      if (row.works()) rows.push_back(&row);
    }
    return rows;
  }

  Status score_all() {
    ir::Module original = model_.module;
    const size_t outputs = original.graphs[0].outputs.size();
    expose_logits(original);
    result_.before_softmax = original.graphs[0].outputs.size() > outputs;
    PESTLE_ASSIGN(auto reference, runtime::Plan::make(original));
    std::vector<std::shared_ptr<const runtime::Plan>> plans = {std::move(reference)};
    plans.insert(plans.end(), plans_.begin(), plans_.end());
    std::vector<Score> scores(plans.size());
    const auto answering = first_class_scores(model_.module.graphs[0]);
    const Samples& samples = *roles_.scoring;
    const auto body = [&](size_t position, const std::vector<eval::RealOutputs>& found) -> Status {
      original_labels_.add(found[0][0], samples.label(position));
      for (size_t m = 0; m < found.size(); ++m) {
        if (m > 0) scores[m].hits.add(found[m][0], samples.label(position));
        if (answering) scores[m].answers.add(found[0][*answering], found[m][*answering]);
        for (size_t o = 0; o < std::min(found[0].size(), found[m].size()); ++o) {
          (o < outputs ? scores[m].outputs : scores[m].logits).add(found[0][o], found[m][o]);
        }
      }
      return {};
    };
    eval::Runner runner(plans, pool_);
    PESTLE_TRY(runner.run(samples, spread(samples.size(), samples.size()), "scoring", progress_, body));
    result_.float_top1 = original_labels_.hits().top1_share();
    result_.scoring_samples = static_cast<size_t>(scores[0].outputs.samples()) / outputs;
    const std::vector<ExploreRow*> rows = working_rows();
    for (size_t i = 0; i < rows.size(); ++i) {
      const Score& score = scores[i + 1];
      rows[i]->top1 = score.hits.top1_share();
      if (answering) rows[i]->agreement = score.answers.agreement();
      const eval::Similarity& similarity = score.logits.samples() > 0 ? score.logits : score.outputs;
      rows[i]->sqnr_db = score.outputs.sqnr_db();
      rows[i]->centred_sqnr_db = score.outputs.centred_sqnr_db();
      rows[i]->logits_sqnr_db = similarity.sqnr_db();
      rows[i]->logits_centred_sqnr_db = similarity.centred_sqnr_db();
    }
    return {};
  }

  Status time_all() {
    ThreadPool alone(1);
    PESTLE_ASSIGN(Executors executors, make_executors(plans_, 0, alone));
    PESTLE_ASSIGN(const auto latencies, time_in_alternation(executors, {options_.runs, 2}, progress_));
    const std::vector<ExploreRow*> rows = working_rows();
    for (size_t i = 0; i < rows.size(); ++i) rows[i]->latency = latencies[i];
    for (const Latency& latency : latencies) {
      if (auto note = unsteady(latency)) {
        result_.notes.push_back(*note + ": compare times of a quiet machine, or of more --runs");
        break;
      }
    }
    return {};
  }

  void conclude() {
    const auto original = std::find_if(result_.rows.begin(), result_.rows.end(),
                                       [](const ExploreRow& row) { return row.mode == "float32" && row.works(); });
    const size_t before = original == result_.rows.end() ? model_.file_bytes : original->bytes;
    for (ExploreRow* row : working_rows())
      row->times_smaller = static_cast<double>(before) / static_cast<double>(row->bytes);
    mark_dominated(result_.rows);
    check_score();
    result_.recommendation = recommend(result_.rows, result_.float_top1);
    result_.source_bytes = model_.file_bytes;
    result_.scored_on = roles_.scored_on;
    result_.runs = options_.runs;
    result_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  }

  void check_score() {
    if (auto doubt = original_labels_.doubt(options_.samples.data.label_offset))
      result_.notes.push_back(std::move(*doubt));
    const std::vector<ExploreRow*> rows = working_rows();
    if (rows.empty()) return;
    if (!result_.float_top1 && !rows.back()->agreement) return;
    const double share = result_.float_top1 ? *result_.float_top1 : *rows.back()->agreement;
    const char* what = result_.float_top1 ? "the float model's top-1" : "agreement";
    const size_t counted = result_.float_top1 ? original_labels_.hits().labelled() : result_.scoring_samples;
    if (auto few = few_samples(what, share, counted)) result_.notes.push_back(std::move(*few));
  }

  const ExploreOptions& options_;
  ProgressSink& progress_;
  ThreadPool pool_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  LoadedModel model_;
  Roles roles_;
  std::vector<ModeJob> jobs_;                                // one a row
  std::vector<std::shared_ptr<const runtime::Plan>> plans_;  // one a row that works
  LabelCheck original_labels_;
  ExploreResult result_;
};

}  // namespace

Result<ExploreResult> explore(const ExploreOptions& options, ProgressSink& progress) {
  return Exploring(options, progress).run();
}

}  // namespace pestle::flows
