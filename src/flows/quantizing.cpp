#include "flows/quantizing.h"

#include <algorithm>

#include "base/file.h"
#include "eval/runner.h"
#include "eval/similarity.h"
#include "formats/tflite/tflite.h"
#include "ir/label.h"
#include "ops/core/check.h"
#include "ops/core/registry.h"
#include "quant/apply.h"
#include "quant/refine/bias.h"

namespace pestle::flows {
namespace {

// Memory that bias correction may spend on samples that it holds at once, in bytes.
constexpr size_t kRefinementMemory = size_t{80} << 20;

}  // namespace

Quantizer::Quantizer(const Material& material, ThreadPool& pool, ProgressSink& progress)
    : material_(material), pool_(pool), progress_(progress) {}

// Which nodes refinement averages must be known before any range is, so it is asked of a plan on stand-in statistics.
Status Quantizer::prepare(ModeJob& job) const {
  if (!job.mode->needs_data()) return {};
  const ir::Module& module = material_.module;
  const quant::Statistics stand_in = quant::stand_in_statistics(module);
  PESTLE_ASSIGN(const quant::QuantPlan rough, plan_of(job, stand_in));
  if (!job.refine) return {};
  PESTLE_ASSIGN(const size_t affordable, quant::affordable_samples(module, rough, kRefinementMemory));
  job.averages.nodes = quant::correctable_nodes(module, rough);
  job.averages.samples = std::min(affordable, material_.calibrating->size());
  return {};
}

Status Quantizer::calibrate(std::span<const ModeJob> jobs, const quant::ObserverSpec& observer) {
  averages_.clear();
  for (const ModeJob& job : jobs) {
    if (job.averages.samples == 0) continue;
    if (averages_of(job) == nullptr) averages_.push_back({job.averages, 0, {}});
    ++averages_of(job)->users;
  }
  quant::CalibrationOptions walk{observer, {}};
  for (const SharedAverages& shared : averages_) walk.averages.push_back(shared.request);
  PESTLE_ASSIGN(auto calibration, quant::calibrate(material_.module, *material_.calibrating, walk, pool_, progress_));
  statistics_ = std::move(calibration.statistics);
  for (size_t i = 0; i < averages_.size(); ++i) averages_[i].means = std::move(calibration.averages[i]);
  return {};
}

Result<QuantizedModel> Quantizer::quantize(const ModeJob& job) {
  const ir::Module& module = material_.module;
  PESTLE_ASSIGN(const quant::QuantPlan plan, plan_of(job, statistics_));
  QuantizedModel result;
  result.plan = plan;
  result.float_nodes = quant::float_nodes(module, plan);
  if (SharedAverages* averages = averages_of(job)) {
    PESTLE_TRY(refine(*averages, plan, result));
    return result;
  }
  PESTLE_ASSIGN(quant::Applied applied, quant::apply(module, plan));
  result.module = std::move(applied.module);
  if (material_.judging == nullptr || material_.judging->size() == 0) return result;
  const ir::Module* const other = &result.module;
  PESTLE_ASSIGN(const auto scores, compare({&other, 1}));
  result.agreement = scores[0];
  return result;
}

Result<quant::QuantPlan> Quantizer::plan_of(const ModeJob& job, const quant::Statistics& statistics) const {
  if (job.plan) return *job.plan;
  return quant::choose(material_.module, *job.mode, &statistics, job.choice);
}

Quantizer::SharedAverages* Quantizer::averages_of(const ModeJob& job) {
  const auto same = [&job](const SharedAverages& shared) { return shared.request == job.averages; };
  const auto found = std::find_if(averages_.begin(), averages_.end(), same);
  return found == averages_.end() ? nullptr : &*found;
}

// Corrected biases are kept where they bring the outputs nearer to the float model's on the judging samples.
Status Quantizer::refine(SharedAverages& averages, const quant::QuantPlan& plan, QuantizedModel& result) {
  const ir::Module& module = material_.module;
  const quant::AverageRequest& request = averages.request;
  const quant::BiasInputs inputs{module, plan, request.nodes, averages.means, request.samples};
  PESTLE_ASSIGN(const auto correction, quant::correct_biases(inputs, *material_.calibrating, pool_, progress_));
  if (--averages.users == 0) averages.means.clear();
  PESTLE_ASSIGN(quant::Applied before, quant::apply(module, plan));
  PESTLE_ASSIGN(quant::Applied after, quant::apply(quant::with_biases(module, correction), plan));
  RefinementReport report{request.nodes.size(), request.samples, true, 0, 0};
  if (material_.judging->size() > 0) {
    const std::vector<const ir::Module*> both = {&before.module, &after.module};
    PESTLE_ASSIGN(const auto scores, compare(both));
    report.before_db = scores[0].sqnr_db;
    report.after_db = scores[1].sqnr_db;
    report.kept = report.after_db > report.before_db;
    result.agreement = scores[report.kept ? 1 : 0];
  }
  result.module = std::move(report.kept ? after.module : before.module);
  result.refinement = report;
  return {};
}

// The float model against each of the others on the judging samples, by all outputs together.
Result<std::vector<AgreementReport>> Quantizer::compare(std::span<const ir::Module* const> others) const {
  const Samples& judging = *material_.judging;
  std::vector<std::shared_ptr<const runtime::Plan>> plans;
  PESTLE_ASSIGN(auto reference, runtime::Plan::make(material_.module));
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
  PESTLE_TRY(runner.run(judging, spread(judging.size(), judging.size()), "judging", progress_, body));
  std::vector<AgreementReport> reports;
  for (const eval::Similarity& s : similarity) reports.push_back({judging.size(), s.agreement(), s.centred_sqnr_db()});
  return reports;
}

namespace {

// Nothing is written that LiteRT has no kernel for: every node matches one of its operator's type rows.
Status check_runnable(const ir::Module& module) {
  for (const ir::Graph& graph : module.graphs) {
    PESTLE_TRY(ops::check_graph(graph));
    for (const ir::Node& node : graph.nodes) {
      const ops::OpDef* def = ops::find(node);
      if (def != nullptr && ops::match_types(*def, {graph, node}) == nullptr) {
        return fail(ErrorCode::kInvalidArgument, ir::label(graph, node) + " has no kernel for the types that the plan gives it");
      }
    }
  }
  return {};
}

}  // namespace

Result<size_t> write_quantized(ir::Module module, const std::string& preprocess, const std::string& path) {
  const auto text = [](const std::string& value) { return Bytes::copy_of(std::as_bytes(std::span(value))); };
  PESTLE_TRY(check_runnable(module));
  if (!preprocess.empty()) module.set_metadata("pestle.preprocess", text(preprocess));
  formats::tflite::set_min_runtime_version(module);
  PESTLE_TRY(formats::tflite::write(module, path));
  PESTLE_ASSIGN(const Bytes written, map_file(path));
  return written.size();
}

}  // namespace pestle::flows
