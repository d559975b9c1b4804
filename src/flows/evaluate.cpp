#include "flows/evaluate.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "base/text.h"
#include "eval/ranking.h"
#include "eval/runner.h"
#include "eval/similarity.h"
#include "flows/class_scores.h"
#include "flows/label_check.h"
#include "ops/core/registry.h"

namespace pestle::flows {
namespace {

// An original that has less in common with the model than this is hardly the one that the model was made from.
constexpr double kLeastCosine = 0.5, kLeastSqnrDb = 3.0;

ModelScore score_of(const eval::Hits& hits) { return {hits.top1_share(), hits.top5_share(), hits.classes()}; }

Status check_same_outputs(const LoadedModel& a, const LoadedModel& b) {
  const ir::Graph& x = a.module.graphs[0];
  const ir::Graph& y = b.module.graphs[0];
  if (x.inputs.size() != y.inputs.size() || x.outputs.size() != y.outputs.size()) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} and {} do not have the same inputs and outputs", a.path, b.path));
  }
  for (size_t i = 0; i < x.outputs.size(); ++i) {
    const Shape& p = x.values[x.outputs[i]].type.shape;
    const Shape& q = y.values[y.outputs[i]].type.shape;
    if (!(p == q)) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("output {} is {} in {} and {} in {}", i, to_string(p), a.path, to_string(q), b.path));
    }
  }
  return {};
}

struct NamedMetric {
  const char* name;
  Metric metric;
  bool of_labels;
};
constexpr std::array kMetrics = {
    NamedMetric{"top1", Metric::kTop1, true},
    NamedMetric{"top5", Metric::kTop5, true},
    NamedMetric{"agreement", Metric::kAgreement, false},
    NamedMetric{"sqnr", Metric::kSqnr, false},
    NamedMetric{"centred-sqnr", Metric::kCentredSqnr, false},
    NamedMetric{"psnr", Metric::kPsnr, false},
    NamedMetric{"cosine", Metric::kCosine, false},
    NamedMetric{"mse", Metric::kMse, false},
};

const NamedMetric* find_metric(const std::string& name) {
  const auto found =
      std::find_if(kMetrics.begin(), kMetrics.end(), [&](const NamedMetric& metric) { return name == metric.name; });
  return found == kMetrics.end() ? nullptr : &*found;
}

double value_of(Metric metric, const ModelScore& score, const OutputComparison& output) {
  switch (metric) {
    case Metric::kTop1: return score.top1.value_or(0);
    case Metric::kTop5: return score.top5.value_or(0);
    case Metric::kAgreement: return output.agreement.value_or(0);
    case Metric::kSqnr: return output.sqnr_db;
    case Metric::kCentredSqnr: return output.centred_sqnr_db;
    case Metric::kPsnr: return output.psnr_db;
    case Metric::kCosine: return output.cosine;
    case Metric::kMse: return output.mse;
  }
  return 0;
}

// What goes into the softmax that computes a value, directly or before a conversion; kNoValue where there is none.
ir::ValueId logits_of(const ir::Graph& graph, const std::vector<int>& producers, ir::ValueId id) {
  int producer = producers[id];
  if (producer >= 0 && ops::traits_of(graph.nodes[producer]).is_conversion)
    producer = producers[graph.nodes[producer].inputs[0]];
  const bool found = producer >= 0 && ops::traits_of(graph.nodes[producer]).makes_probabilities;
  return found ? graph.nodes[producer].inputs[0] : ir::kNoValue;
}

}  // namespace

void cut_final_softmax(ir::Module& module) {
  ir::Graph& graph = module.graphs[0];
  const std::vector<int> producers = ir::find_producers(graph);
  for (ir::ValueId& id : graph.outputs) {
    const ir::ValueId logits = logits_of(graph, producers, id);
    if (logits != ir::kNoValue) id = logits;
  }
}

void expose_logits(ir::Module& module) {
  ir::Graph& graph = module.graphs[0];
  const std::vector<int> producers = ir::find_producers(graph);
  std::vector<ir::ValueId> logits;
  for (ir::ValueId id : graph.outputs) logits.push_back(logits_of(graph, producers, id));
  std::erase(logits, ir::kNoValue);
  graph.outputs.insert(graph.outputs.end(), logits.begin(), logits.end());
}

std::vector<std::string> metric_names() {
  std::vector<std::string> names;
  for (const NamedMetric& metric : kMetrics) names.emplace_back(metric.name);
  return names;
}

namespace {

class Evaluating {
 public:
  Evaluating(const EvalOptions& options, ProgressSink& progress)
      : options_(options), progress_(progress), pool_(options.threads) {}

  Result<EvalResult> run() {
    PESTLE_TRY(check_metric());
    PESTLE_ASSIGN(model_, load_model(options_.model));
    PESTLE_TRY(load_original());
    PESTLE_TRY(open_samples());
    PESTLE_TRY(check_labels());
    PESTLE_TRY(make_plans());
    PESTLE_TRY(walk());
    conclude();
    return std::move(result_);
  }

 private:
  Status check_metric() const {
    if (options_.metric.empty()) return {};
    const NamedMetric* metric = find_metric(options_.metric);
    if (metric == nullptr) {
      return fail(ErrorCode::kInvalidArgument, fmt::format("there is no metric \"{}\"", options_.metric),
                  join(metric_names(), ", "));
    }
    if (metric->of_labels || has_original()) return {};
    return fail(ErrorCode::kInvalidArgument, fmt::format("--metric {} compares with an original", options_.metric),
                "--against FLOAT names it");
  }

  // Before hours are spent on a set that cannot answer.
  Status check_labels() const {
    const NamedMetric* metric = find_metric(options_.metric);
    if (metric != nullptr && metric->metric == Metric::kAgreement && !first_class_scores(model_.module.graphs[0]))
      return fail(ErrorCode::kInvalidArgument, "--metric agreement needs an output that holds class scores",
                  "--metric sqnr compares any output");
    if (metric == nullptr || !metric->of_labels) return {};
    for (size_t i = 0; i < samples_->size(); ++i) {
      if (samples_->label(i)) return {};
    }
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("--metric {} needs labels, and {} has none", options_.metric, options_.data.path),
                "--labels FILE, a labels.csv in the folder, or one sub-folder a class");
  }

  bool has_original() const { return !options_.against.empty(); }

  Status load_original() {
    if (!has_original()) return {};
    ModelRequest request = options_.model;
    request.path = options_.against;
    PESTLE_ASSIGN(original_, load_model(request));
    return check_same_outputs(model_, original_);
  }

  Status open_samples() {
    PairedData paired;
    if (has_original()) {
      PESTLE_ASSIGN(paired, open_for_both(options_.data, model_, original_));
    } else {
      PESTLE_ASSIGN(paired.data, open_data(options_.data, model_));
    }
    result_.about_model = model_.notes;
    if (!paired.data.as_they_are) result_.preprocess = paired.data.preprocess;
    if (!has_original()) paired.notes = paired.data.notes;
    result_.notes.insert(result_.notes.end(), paired.notes.begin(), paired.notes.end());
    check_numbering(*paired.data.source);
    const size_t available = paired.data.source->size();
    own_inputs_ = paired.second != nullptr;
    samples_ = std::make_unique<Samples>(paired.data.source,
                                         spread(available, options_.samples == 0 ? available : options_.samples),
                                         options_.data.strict, progress_, paired.second);
    return {};
  }

  // Numbers given by name are those of the model only where all of its classes are there, but for a background class.
  void check_numbering(const data::DataSource& source) {
    const ir::Graph& graph = model_.module.graphs[0];
    const Shape& shape = graph.values[graph.outputs[0]].type.shape;
    const int64_t outputs = shape.rank() == 0 ? 0 : shape[shape.rank() - 1];
    const auto classes = static_cast<int64_t>(source.class_names().size());
    if (!source.numbers_classes() || classes + 1 >= outputs) return;
    result_.notes.push_back(
        fmt::format("the model has {} outputs and the data {} classes, so that numbers by name are hardly the model's: "
                    "--labels FILE with all names in the model's order",
                    outputs, classes));
  }

  Status add_plan(const ir::Module& module, eval::Feed feed) {
    PESTLE_ASSIGN(auto plan, runtime::Plan::make(module));
    plans_.push_back(std::move(plan));
    feeds_.push_back(feed);
    return {};
  }

  // The model and, if wanted, its original; with --logits both once more, cut before the softmax.
  Status make_plans() {
    const eval::Feed first, second = own_inputs_ ? eval::Feed{model_.module.graphs[0].inputs.size(), 1} : first;
    PESTLE_TRY(add_plan(model_.module, first));
    if (!has_original()) return {};
    PESTLE_TRY(add_plan(original_.module, second));
    if (!options_.logits) return {};
    for (const LoadedModel* model : {&model_, &original_}) {
      ir::Module cut = model->module;
      cut_final_softmax(cut);
      PESTLE_TRY(add_plan(cut, model == &model_ ? first : second));
    }
    return {};
  }

  Status walk() {
    const size_t outputs_count = model_.module.graphs[0].outputs.size();
    whole_.resize(outputs_count);
    compared_.resize(outputs_count);
    const auto body = [&](size_t position, const std::vector<eval::RealOutputs>& outputs) -> Status {
      ++result_.samples;
      const auto label = samples_->label(position);
      own_.add(outputs[0][0], label);
      if (outputs.size() > 1) against_.add(outputs[1][0], label);
      for (size_t o = 0; outputs.size() > 1 && o < outputs_count; ++o) {
        whole_[o].add(outputs[1][o], outputs[0][o]);
        const size_t at = options_.logits ? 2 : 0;
        overall_.add(outputs[at + 1][o], outputs[at][o]);
        if (options_.logits) compared_[o].add(outputs[3][o], outputs[2][o]);
      }
      return {};
    };
    eval::Runner runner(plans_, pool_, feeds_);
    return runner.run(*samples_, spread(samples_->size(), samples_->size()), "evaluating", progress_, body);
  }

  void conclude() {
    result_.bytes = model_.file_bytes;
    result_.score = score_of(own_.hits());
    if (has_original()) {
      result_.against = score_of(against_.hits());
      const ir::Graph& graph = model_.module.graphs[0];
      for (size_t o = 0; o < whole_.size(); ++o) {
        const eval::Similarity& values = options_.logits ? compared_[o] : whole_[o];
        result_.comparison.push_back(comparison_of(graph.values[graph.outputs[o]].name, values));
        if (is_class_scores(graph, o)) result_.comparison.back().agreement = whole_[o].agreement();
      }
      result_.overall = comparison_of({}, overall_);
      if (const auto scores = first_class_scores(graph)) result_.overall.agreement = whole_[*scores].agreement();
    }
    if (const NamedMetric* metric = find_metric(options_.metric)) {
      result_.metric = value_of(metric->metric, result_.score, result_.overall);
    }
    for (const OutputComparison& output : result_.comparison) check_likeness(output);
    check_score();
    result_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  }

  void check_likeness(const OutputComparison& output) {
    if (output.cosine >= kLeastCosine && output.sqnr_db >= kLeastSqnrDb) return;
    result_.notes.push_back(fmt::format(
        "output \"{}\" has little in common with that of {} (cosine {:.2f}, SQNR {:.1f} dB): was {} made from it, and "
        "with the same preprocessing?",
        output.name, options_.against, output.cosine, output.sqnr_db, options_.model.path));
  }

  // The float model's score where there is one: the quantized one may be bad for other reasons.
  void check_score() {
    const LabelCheck& floating = has_original() ? against_ : own_;
    if (auto doubt = floating.doubt(options_.data.label_offset)) result_.notes.push_back(std::move(*doubt));
    std::optional<std::string> few;
    if (result_.score.top1) {
      few = few_samples("top-1", *result_.score.top1, own_.hits().labelled());
    } else if (result_.overall.agreement) {
      few = few_samples("agreement", *result_.overall.agreement, result_.samples);
    }
    if (few) result_.notes.push_back(std::move(*few));
  }

  static OutputComparison comparison_of(const std::string& name, const eval::Similarity& s) {
    return {name, {}, s.sqnr_db(), s.centred_sqnr_db(), s.psnr_db(), s.cosine(), s.mse(), s.max_abs()};
  }

  const EvalOptions& options_;
  ProgressSink& progress_;
  ThreadPool pool_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  LoadedModel model_, original_;
  std::unique_ptr<Samples> samples_;
  bool own_inputs_ = false;  // samples hold tensors for the original too
  std::vector<std::shared_ptr<const runtime::Plan>> plans_;
  std::vector<eval::Feed> feeds_;                   // one a plan
  LabelCheck own_, against_;                        // of the model and of its original
  std::vector<eval::Similarity> whole_, compared_;  // one an output; compared_ with --logits
  eval::Similarity overall_;
  EvalResult result_;
};

}  // namespace

Result<EvalResult> evaluate(const EvalOptions& options, ProgressSink& progress) {
  return Evaluating(options, progress).run();
}

}  // namespace pestle::flows
