#include "flows/quantizing.h"

#include <algorithm>

#include "base/file.h"
#include "formats/tflite/class_names.h"
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
  if (!job.mode->uses_data() || material_.calibrating == nullptr) return {};
  const ir::Module& module = material_.module;
  const quant::Statistics stand_in = quant::stand_in_statistics(module);
  PESTLE_ASSIGN(const quant::QuantPlan rough, plan_of(job, stand_in));
  if (!job.refine) return {};
  job.averages.nodes = quant::correctable_nodes(module, rough);
  if (job.averages.nodes.empty()) return {};
  PESTLE_ASSIGN(const size_t affordable, quant::affordable_samples(module, rough, kRefinementMemory));
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
  RefinementReport report{request.nodes.size(), request.samples, 0, false, 0, 0};
  if (material_.judging->size() > 0) {
    const std::vector<const ir::Module*> both = {&before.module, &after.module};
    PESTLE_ASSIGN(const Judgements judged, judge(module, both, *material_.judging, pool_, progress_));
    report.judged = judged.others[0].samples;
    report.before_db = judged.others[0].decisive_db;
    report.after_db = judged.others[1].decisive_db;
    report.kept = report.after_db > report.before_db;
    result.judgement = judged.others[report.kept ? 1 : 0];
    result.original = judged.original;
  }
  result.module = std::move(report.kept ? after.module : before.module);
  result.refinement = report;
  return {};
}

namespace {

// Nothing is written that LiteRT has no kernel for: every node matches one of its operator's type rows.
Status check_runnable(const ir::Module& module) {
  for (const ir::Graph& graph : module.graphs) {
    PESTLE_TRY(ops::check_graph(graph));
    for (const ir::Node& node : graph.nodes) {
      const ops::OpDef* def = ops::find(node);
      if (def != nullptr && ops::match_types(*def, {graph, node}) == nullptr) {
        return fail(ErrorCode::kInvalidArgument,
                    ir::label(graph, node) + " has no kernel for the types that the plan gives it");
      }
    }
  }
  return {};
}

// value = scale * pixel + offset as (pixel - mean) / deviation.
formats::tflite::Normalization normalization_of(const std::optional<data::Chain>& chain) {
  formats::tflite::Normalization normalization;
  const auto map = chain ? data::affine_of(*chain) : std::nullopt;
  for (size_t c = 0; map && c < map->scale.size(); ++c) {
    if (map->scale[c] == 0) return {};
    normalization.mean.push_back(static_cast<float>(-map->offset[c] / map->scale[c]));
    normalization.deviation.push_back(static_cast<float>(1 / map->scale[c]));
  }
  return normalization;
}

}  // namespace

Result<size_t> write_quantized(ir::Module module, const std::string& preprocess, const std::string& path,
                               const ClassRecord& classes) {
  const auto text = [](const std::string& value) { return Bytes::copy_of(std::as_bytes(std::span(value))); };
  PESTLE_TRY(check_runnable(module));
  if (!preprocess.empty()) module.set_metadata("pestle.preprocess", text(preprocess));
  formats::tflite::set_min_runtime_version(module);
  if (classes.names.empty()) {
    PESTLE_TRY(formats::tflite::write(module, path));
  } else {
    if (!classes.described) formats::tflite::describe_classes(module, normalization_of(classes.chain));
    PESTLE_TRY(write_file(
        path, [&](ByteSink& sink) { return formats::tflite::write_with_class_names(module, classes.names, sink); }));
  }
  PESTLE_ASSIGN(const Bytes written, map_file(path));
  return written.size();
}

}  // namespace pestle::flows
