#include "flows/compare.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "eval/runner.h"
#include "eval/similarity.h"
#include "flows/class_scores.h"
#include "flows/code_range.h"

namespace pestle::flows {
namespace {

constexpr double kCollapsed = 0.9;   // cosine of an output below which the model is another one
constexpr double kFarOutside = 0.2;  // share of input values beyond the calibrated range
constexpr double kBarelyUsed = 0.1;  // share of the calibrated range that the samples reach

struct InputSums {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  size_t values = 0, beyond = 0;
  std::optional<CodeRange> range;

  void add(std::span<const float> samples) {
    for (float value : samples) {
      low = std::min(low, static_cast<double>(value));
      high = std::max(high, static_cast<double>(value));
    }
    values += samples.size();
    if (range) beyond += count_beyond(samples, *range);
  }
};

class Comparing {
 public:
  Comparing(const CompareOptions& options, ProgressSink& progress)
      : options_(options), progress_(progress), pool_(options.threads) {}

  Result<CompareResult> run() {
    PESTLE_ASSIGN(a_, open(options_.a.path));
    PESTLE_ASSIGN(b_, open(options_.b));
    PESTLE_TRY(check_interfaces());
    PESTLE_ASSIGN(const PairedData paired, open_for_both(options_.data, a_.model, b_.model));
    result_.notes = a_.model.notes;
    result_.notes.insert(result_.notes.end(), paired.notes.begin(), paired.notes.end());
    const size_t available = paired.data.source->size();
    const size_t wanted = options_.samples == 0 ? available : options_.samples;
    const Samples samples(paired.data.source, spread(available, wanted), options_.data.strict, progress_,
                          paired.second);
    own_inputs_ = paired.second != nullptr;
    same_numbers_ = paired.same_chain;
    PESTLE_TRY(walk(samples));
    report();
    return std::move(result_);
  }

 private:
  struct Side {
    LoadedModel model;
    std::shared_ptr<const runtime::Plan> plan;
  };

  Result<Side> open(const std::string& path) {
    ModelRequest request = options_.a;
    request.path = path;
    Side side;
    PESTLE_ASSIGN(side.model, load_model(request));
    auto plan = runtime::Plan::make(side.model.module);
    if (!plan) return in_context(std::move(plan).error(), path);
    side.plan = std::move(plan).value();
    return side;
  }

  const ir::Type& type_a(ir::ValueId id) const { return a_.plan->graph().values[id].type; }
  const ir::Type& type_b(ir::ValueId id) const { return b_.plan->graph().values[id].type; }

  Status check_interfaces() const {
    const ir::Graph& a = a_.plan->graph();
    const ir::Graph& b = b_.plan->graph();
    const auto differ = [](const ir::Graph& x, const std::vector<ir::ValueId>& p, const ir::Graph& y,
                           const std::vector<ir::ValueId>& q) {
      if (p.size() != q.size()) return true;
      for (size_t i = 0; i < p.size(); ++i) {
        if (!(x.values[p[i]].type.shape == y.values[q[i]].type.shape)) return true;
      }
      return false;
    };
    if (!differ(a, a.inputs, b, b.inputs) && !differ(a, a.outputs, b, b.outputs)) return {};
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} and {} do not have the same inputs and outputs", options_.a.path, options_.b),
                "compare a model with one that was made from it");
  }

  Status walk(const Samples& samples) {
    LayerWalk layers(a_.plan, b_.plan, pool_);
    inputs_.resize(b_.plan->graph().inputs.size());
    for (size_t i = 0; i < inputs_.size(); ++i)
      inputs_[i].range = input_range(b_.plan->graph(), b_.plan->graph().inputs[i]);
    outputs_.resize(b_.plan->graph().outputs.size());
    const std::vector<size_t> all = spread(samples.size(), samples.size());
    const auto body = [&](size_t, std::span<const Tensor> inputs) -> Status {
      if (progress_.cancelled()) return fail(ErrorCode::kCancelled, "interrupted");
      const size_t count = inputs_.size();  // tensors for a, then, where b's inputs are others, tensors for b
      PESTLE_TRY(layers.add(inputs.first(count), own_inputs_ ? inputs.subspan(count) : std::span<const Tensor>()));
      // Of the same numbers a's are looked at: codes of b cannot show what lies beyond their range.
      for (size_t i = 0; i < count; ++i) {
        inputs_[i].add(same_numbers_ ? eval::real_values(inputs[i].view(), type_a(a_.plan->graph().inputs[i]))
                                     : eval::real_values(inputs[count + i].view(), type_b(b_.plan->graph().inputs[i])));
      }
      for (size_t o = 0; o < outputs_.size(); ++o) outputs_[o].add(layers.output_a(o), layers.output_b(o));
      progress_.update("comparing", static_cast<int64_t>(++result_.samples), static_cast<int64_t>(all.size()));
      return {};
    };
    PESTLE_TRY(samples.for_each(all, body));
    LayerFindings found = layers.findings();
    result_.layers = std::move(found.layers);
    result_.unmatched = found.unmatched;
    result_.first_part = found.first_part;
    result_.blame = std::move(found.blame);
    return {};
  }

  void report() {
    result_.a = options_.a.path;
    result_.b = options_.b;
    for (size_t o = 0; o < outputs_.size(); ++o) {
      const eval::Similarity& s = outputs_[o];
      const std::string& name = a_.plan->graph().values[a_.plan->graph().outputs[o]].name;
      OutputSimilarity row{name, s.sqnr_db(), s.centred_sqnr_db(), s.cosine(), {}};
      if (is_class_scores(a_.plan->graph(), o)) row.agreement = s.agreement();
      result_.outputs.push_back(std::move(row));
    }
    warn();
    result_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  }

  void warn() {
    for (size_t i = 0; i < inputs_.size(); ++i) warn_of_input(i);
    for (const OutputSimilarity& output : result_.outputs) {
      if (output.cosine >= kCollapsed) continue;
      std::string text =
          fmt::format("the outputs differ strongly: cosine {:.2f} (output \"{}\")", output.cosine, output.name);
      if (result_.blame) {
        const LayerComparison& layer = result_.layers[result_.blame->layer];
        text += fmt::format("; most is lost at \"{}\" ({}): {}", layer.name, layer.op, result_.blame->why);
      }
      result_.warnings.push_back(text);
    }
  }

  void warn_of_input(size_t i) {
    const InputSums& input = inputs_[i];
    if (!input.range || input.values == 0) return;
    const CodeRange& range = *input.range;
    const bool outside = static_cast<double>(input.beyond) > kFarOutside * static_cast<double>(input.values);
    const bool barely = input.high - input.low < kBarelyUsed * (range.high - range.low);
    if (!outside && !barely) return;
    const ir::Graph& graph = b_.plan->graph();
    result_.warnings.push_back(
        fmt::format("the samples of input \"{}\" lie in {:.4g}..{:.4g}, but {} was calibrated for {:.4g}..{:.4g}: "
                    "check --preprocess",
                    graph.values[graph.inputs[i]].name, input.low, input.high, options_.b, range.low, range.high));
  }

  const CompareOptions& options_;
  ProgressSink& progress_;
  ThreadPool pool_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  Side a_, b_;
  bool own_inputs_ = false;   // samples hold tensors for b too
  bool same_numbers_ = true;  // both are fed by one preprocessing
  std::vector<InputSums> inputs_;
  std::vector<eval::Similarity> outputs_;
  CompareResult result_;
};

}  // namespace

Result<CompareResult> compare(const CompareOptions& options, ProgressSink& progress) {
  return Comparing(options, progress).run();
}

}  // namespace pestle::flows
