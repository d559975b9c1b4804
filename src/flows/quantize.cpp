#include "flows/quantize.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>

#include "eval/runner.h"
#include "eval/similarity.h"
#include "formats/tflite/tflite.h"
#include "quant/apply.h"
#include "quant/calibrate.h"
#include "quant/refine/bias.h"

namespace pestle::flows {
namespace {

// Memory that bias correction may spend on samples that it holds at once, in bytes.
constexpr size_t kRefinementMemory = size_t{80} << 20;

class Quantizing {
 public:
  Quantizing(const QuantizeOptions& options, ProgressSink& progress) : options_(options), progress_(progress), pool_(options.threads) {}

  Result<QuantizeResult> run() {
    PESTLE_TRY(check_options());
    PESTLE_ASSIGN(model_, load_model(options_.model));
    if (is_quantized(model_.module)) {
      return fail(ErrorCode::kInvalidModel, options_.model.path + " is quantized already",
                  "quantize the float model it was made from");
    }
    result_.notes = model_.notes;
    if (!options_.data.path.empty()) PESTLE_TRY(open_samples());
    if (mode_->needs_data()) PESTLE_TRY(take_statistics());
    PESTLE_ASSIGN(plan_, quant::choose(model_.module, *mode_, &calibration_.statistics, options_.choice));
    if (mode_->needs_data() && options_.refine) PESTLE_TRY(refine());
    PESTLE_ASSIGN(const quant::Applied applied, quant::apply(model_.module, plan_));
    quantized_ = applied.module;
    if (judging_ && !result_.agreement) PESTLE_TRY(judge());
    PESTLE_TRY(write());
    return std::move(result_);
  }

 private:
  Status check_options() {
    mode_ = quant::find_mode(options_.mode);
    if (mode_ == nullptr) return fail(ErrorCode::kInvalidArgument, "there is no mode \"" + options_.mode + "\"");
    if (mode_->needs_data() && options_.data.path.empty()) {
      return fail(ErrorCode::kInvalidArgument, fmt::format("--mode {} needs sample inputs and none were given", mode_->name),
                  "--data FOLDER (100 to 500 pictures), or --mode dynamic, which needs none");
    }
    if (same_file(options_.model.path, options_.output)) {
      return fail(ErrorCode::kInvalidArgument, "the output would replace the input " + options_.output, "give another -o");
    }
    return {};
  }

  Status open_samples() {
    PESTLE_ASSIGN(data_, open_data(options_.data, model_));
    const Division division = divide(data_.source->size(), options_.samples);
    calibrating_ = std::make_unique<Samples>(data_.source, division.calibration, options_.data.strict, progress_);
    judging_ = std::make_unique<Samples>(data_.source, division.judging, options_.data.strict, progress_);
    if (division.withheld) {
      result_.notes.push_back(fmt::format("{} of the samples were withheld from calibration to judge the result", division.judging.size()));
    }
    return {};
  }

  // One walk over the samples for ranges and for the mean inputs that refinement needs. Which nodes those are must be
  // known before any range is, so it is asked of a plan on stand-in statistics.
  Status take_statistics() {
    quant::CalibrationOptions walk;
    walk.observer = options_.observer;
    if (options_.refine) {
      const quant::Statistics stand_in = quant::stand_in_statistics(model_.module);
      PESTLE_ASSIGN(const quant::QuantPlan rough, quant::choose(model_.module, *mode_, &stand_in, options_.choice));
      PESTLE_ASSIGN(const size_t affordable, quant::affordable_samples(model_.module, rough, kRefinementMemory));
      refined_samples_ = std::min(affordable, calibrating_->size());
      refined_nodes_ = quant::correctable_nodes(model_.module, rough);
      walk.averaged = quant::correction_inputs(model_.module, refined_nodes_);
      walk.averaged_samples = refined_samples_;
    }
    PESTLE_ASSIGN(calibration_, quant::calibrate(model_.module, *calibrating_, walk, pool_, progress_));
    result_.calibration_samples = static_cast<size_t>(calibration_.statistics.samples);
    return {};
  }

  Status refine() {
    const quant::BiasInputs inputs{model_.module, plan_, refined_nodes_, calibration_.averages, refined_samples_};
    PESTLE_ASSIGN(const quant::BiasCorrection correction, quant::correct_biases(inputs, *calibrating_, pool_, progress_));
    calibration_.averages.clear();
    const ir::Module corrected = quant::with_biases(model_.module, correction);
    PESTLE_ASSIGN(const quant::Applied before, quant::apply(model_.module, plan_));
    PESTLE_ASSIGN(const quant::Applied after, quant::apply(corrected, plan_));
    RefinementReport report{refined_nodes_.size(), refined_samples_, true, 0, 0};
    if (judging_->size() > 0) {
      PESTLE_ASSIGN(const auto scores, compare({&before.module, &after.module}));
      report.before_db = scores[0].sqnr_db;
      report.after_db = scores[1].sqnr_db;
      report.kept = report.after_db > report.before_db;
      result_.agreement = scores[report.kept ? 1 : 0];
    }
    if (report.kept) model_.module = corrected;
    result_.refinement = report;
    return {};
  }

  // The float model against each of the others on the judging samples, by all outputs together.
  Result<std::vector<AgreementReport>> compare(const std::vector<const ir::Module*>& others) {
    std::vector<std::shared_ptr<const runtime::Plan>> plans;
    PESTLE_ASSIGN(auto reference, runtime::Plan::make(model_.module));
    plans.push_back(std::move(reference));
    for (const ir::Module* module : others) {
      PESTLE_ASSIGN(auto plan, runtime::Plan::make(*module));
      plans.push_back(std::move(plan));
    }
    std::vector<eval::Similarity> similarity(others.size());
    eval::Runner runner(plans, pool_);
    const auto body = [&](size_t, const std::vector<eval::RealOutputs>& outputs) -> Status {
      for (size_t m = 0; m < others.size(); ++m) {
        for (size_t o = 0; o < outputs[0].size(); ++o) similarity[m].add(outputs[0][o], outputs[m + 1][o]);
      }
      return {};
    };
    PESTLE_TRY(runner.run(*judging_, spread(judging_->size(), judging_->size()), "judging", progress_, body));
    std::vector<AgreementReport> reports;
    for (const eval::Similarity& s : similarity) reports.push_back({judging_->size(), s.agreement(), s.centred_sqnr_db()});
    return reports;
  }

  Status judge() {
    if (judging_->size() == 0) return {};
    PESTLE_ASSIGN(const auto scores, compare({&quantized_}));
    result_.agreement = scores[0];
    return {};
  }

  Status write() {
    const auto text = [](const std::string& value) { return Bytes::copy_of(std::as_bytes(std::span(value))); };
    if (!data_.preprocess.empty()) quantized_.set_metadata("pestle.preprocess", text(data_.preprocess));
    formats::tflite::set_min_runtime_version(quantized_);
    PESTLE_TRY(formats::tflite::write(quantized_, options_.output));
    PESTLE_ASSIGN(const Bytes written, map_file(options_.output));
    result_.output = options_.output;
    result_.mode = mode_->name;
    result_.source_bytes = model_.file_bytes;
    result_.bytes = written.size();
    result_.operators = count_operators(quantized_);
    result_.float_nodes = quant::float_nodes(model_.module, plan_);
    result_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
    return {};
  }

  const QuantizeOptions& options_;
  ProgressSink& progress_;
  ThreadPool pool_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  const quant::Mode* mode_ = nullptr;
  LoadedModel model_;
  OpenedData data_;
  std::unique_ptr<Samples> calibrating_, judging_;
  quant::Calibration calibration_;
  std::vector<size_t> refined_nodes_;
  size_t refined_samples_ = 0;
  quant::QuantPlan plan_;
  ir::Module quantized_;
  QuantizeResult result_;
};

}  // namespace

Result<QuantizeResult> quantize(const QuantizeOptions& options, ProgressSink& progress) { return Quantizing(options, progress).run(); }

}  // namespace pestle::flows
