#include "flows/compare.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "eval/runner.h"
#include "eval/similarity.h"
#include "flows/diagnose.h"
#include "flows/match_layers.h"
#include "ops/core/registry.h"
#include "runtime/executor.h"

namespace pestle::flows {
namespace {

constexpr double kCollapsed = 0.9;   // cosine of an output below which the model is another one
constexpr double kFarOutside = 0.2;  // share of input values beyond the calibrated range
constexpr double kBarelyUsed = 0.1;  // share of the calibrated range that the samples reach

// What the codes of a quantized type stand for.
struct CodeRange {
  double low = 0, high = 0, step = 0;
};

std::optional<CodeRange> code_range(const ir::Type& type) {
  if (!type.is_quantized() || !is_quantized_storage(type.dtype) || type.quantization->scale.size() != 1)
    return std::nullopt;
  const int bits = dtype_bits(type.dtype);
  const bool is_unsigned = type.dtype == DType::kUInt8;
  const double lowest = is_unsigned ? 0.0 : -std::ldexp(1.0, bits - 1);
  const double highest = std::ldexp(1.0, is_unsigned ? bits : bits - 1) - 1.0;
  const auto scale = static_cast<double>(type.scale());
  const auto zero = static_cast<double>(type.zero_point());
  return CodeRange{(lowest - zero) * scale, (highest - zero) * scale, scale};
}

// Values that a range cannot hold, to half a step.
size_t count_beyond(std::span<const float> values, const CodeRange& range) {
  return static_cast<size_t>(std::count_if(values.begin(), values.end(), [&](float value) {
    return static_cast<double>(value) < range.low - range.step / 2 ||
           static_cast<double>(value) > range.high + range.step / 2;
  }));
}

// One pair of layers over all samples.
struct LayerSums {
  eval::Similarity similarity;
  std::optional<CodeRange> range;
  size_t values = 0, beyond = 0;
  double energy = 0;

  void add(std::span<const float> original, std::span<const float> other) {
    similarity.add(original, other);
    values += original.size();
    for (float value : original) energy += static_cast<double>(value) * static_cast<double>(value);
    if (range) beyond += count_beyond(original, *range);
  }
  double saturation() const { return values == 0 ? 0 : static_cast<double>(beyond) / static_cast<double>(values); }
  double typical_steps() const {
    return range && values > 0 ? std::sqrt(energy / static_cast<double>(values)) / range->step : 0;
  }
};

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

// The range of a graph input, or of the form that it is converted to.
std::optional<CodeRange> input_range(const ir::Graph& graph, ir::ValueId input) {
  if (auto own = code_range(graph.values[input].type)) return own;
  for (const ir::Node& node : graph.nodes) {
    if (ops::traits_of(node).is_conversion && node.inputs[0] == input)
      return code_range(graph.values[node.outputs[0]].type);
  }
  return std::nullopt;
}

class Comparing {
 public:
  Comparing(const CompareOptions& options, ProgressSink& progress)
      : options_(options), progress_(progress), pool_(options.threads) {}

  Result<CompareResult> run() {
    PESTLE_ASSIGN(a_, open(options_.a.path));
    PESTLE_ASSIGN(b_, open(options_.b));
    PESTLE_TRY(check_interfaces());
    pairs_ = match_layers(a_.plan->graph(), b_.plan->graph());
    sums_.resize(pairs_.size());
    for (size_t p = 0; p < pairs_.size(); ++p) sums_[p].range = code_range(type_b(pairs_[p].b));
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
    runtime::Executor a(a_.plan, pool_), b(b_.plan, pool_);
    inputs_.resize(b_.plan->graph().inputs.size());
    for (size_t i = 0; i < inputs_.size(); ++i)
      inputs_[i].range = input_range(b_.plan->graph(), b_.plan->graph().inputs[i]);
    outputs_.resize(b_.plan->graph().outputs.size());
    const std::vector<size_t> all = spread(samples.size(), samples.size());
    return samples.for_each(all, [&](size_t, std::span<const Tensor> inputs) -> Status {
      if (progress_.cancelled()) return fail(ErrorCode::kCancelled, "interrupted");
      PESTLE_TRY(set_inputs(inputs, a, b));
      PESTLE_TRY(run_sample(a, b));
      progress_.update("comparing", static_cast<int64_t>(++result_.samples), static_cast<int64_t>(all.size()));
      return {};
    });
  }

  // Tensors for a, then, where b's inputs or preprocessing are others, tensors for b.
  Status set_inputs(std::span<const Tensor> tensors, runtime::Executor& a, runtime::Executor& b) {
    for (size_t i = 0; i < inputs_.size(); ++i) {
      const ir::Type& type = type_a(a_.plan->graph().inputs[i]);
      const ir::Type& type_of_b = type_b(b_.plan->graph().inputs[i]);
      const int position = static_cast<int>(i);
      const ConstTensorView given = tensors[i].view();
      const bool converts = !own_inputs_ && !(type == type_of_b);
      const Tensor converted = converts ? eval::convert(given, type, type_of_b) : Tensor();
      const ConstTensorView shared = converts ? converted.view() : given;
      const ConstTensorView given_b = own_inputs_ ? tensors[inputs_.size() + i].view() : shared;
      PESTLE_TRY(a.set_input(position, given));
      PESTLE_TRY(b.set_input(position, given_b));
      // Of the same numbers a's are looked at: codes of b cannot show what lies beyond their range.
      inputs_[i].add(same_numbers_ ? eval::real_values(given, type) : eval::real_values(given_b, type_of_b));
    }
    return {};
  }

  // Values live only until memory is used again, so a's are kept until b has computed theirs.
  Status run_sample(runtime::Executor& a, runtime::Executor& b) {
    std::vector<std::vector<float>> kept(pairs_.size());
    PESTLE_TRY(a.run([&](size_t node) {
      for (size_t p = 0; p < pairs_.size(); ++p) {
        if (pairs_[p].node_a == node) kept[p] = eval::real_values(a.value(pairs_[p].a), type_a(pairs_[p].a));
      }
    }));
    PESTLE_TRY(b.run([&](size_t node) {
      for (size_t p = 0; p < pairs_.size(); ++p) {
        if (pairs_[p].node_b != node) continue;
        sums_[p].add(kept[p], eval::real_values(b.value(pairs_[p].b), type_b(pairs_[p].b)));
        kept[p].clear();
      }
    }));
    for (size_t o = 0; o < outputs_.size(); ++o) {
      const int position = static_cast<int>(o);
      outputs_[o].add(eval::real_values(a.output(position), type_a(a_.plan->graph().outputs[o])),
                      eval::real_values(b.output(position), type_b(b_.plan->graph().outputs[o])));
    }
    return {};
  }

  void report() {
    result_.a = options_.a.path;
    result_.b = options_.b;
    report_layers();
    for (size_t o = 0; o < outputs_.size(); ++o) {
      const eval::Similarity& s = outputs_[o];
      const std::string& name = a_.plan->graph().values[a_.plan->graph().outputs[o]].name;
      result_.outputs.push_back({name, s.sqnr_db(), s.centred_sqnr_db(), s.cosine(), s.agreement()});
    }
    blame();
    warn();
    result_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  }

  // Every value of b has an SQNR: its own where it has a counterpart, else the worst of what its node reads.
  void report_layers() {
    const ir::Graph& graph = b_.plan->graph();
    std::vector<double> sqnr(graph.values.size(), kGood);
    size_t next = 0;
    for (size_t n = 0; n < graph.nodes.size(); ++n) {
      double worst = kGood;
      for (ir::ValueId id : graph.nodes[n].inputs) worst = std::min(worst, id == ir::kNoValue ? kGood : sqnr[id]);
      for (ir::ValueId id : graph.nodes[n].outputs) {
        if (id != ir::kNoValue) sqnr[id] = worst;
      }
      const bool is_conversion = ops::traits_of(graph.nodes[n]).is_conversion;
      if ((next == pairs_.size() || pairs_[next].node_b != n) && !is_conversion) ++result_.unmatched;
      for (; next < pairs_.size() && pairs_[next].node_b == n; ++next) sqnr[pairs_[next].b] = add_layer(next, worst);
    }
  }

  double add_layer(size_t p, double worst_read) {
    const LayerSums& sums = sums_[p];
    LayerComparison layer;
    layer.name = a_.plan->graph().values[pairs_[p].a].name;
    layer.op = b_.plan->graph().nodes[pairs_[p].node_b].op;
    layer.sqnr_db = sums.similarity.sqnr_db();
    layer.cosine = sums.similarity.cosine();
    layer.saturation = sums.saturation();
    layer.lost_db = std::max(0.0, worst_read - layer.sqnr_db);
    if (!result_.first_part && layer.sqnr_db < kPartsBelow) result_.first_part = result_.layers.size();
    result_.layers.push_back(layer);
    return layer.sqnr_db;
  }

  void blame() {
    const auto blamable = [](const LayerComparison& layer) {
      return layer.sqnr_db < kBlamedBelow ? layer.lost_db : 0.0;
    };
    const auto less = [&](const LayerComparison& x, const LayerComparison& y) { return blamable(x) < blamable(y); };
    const auto most = std::max_element(result_.layers.begin(), result_.layers.end(), less);
    if (most == result_.layers.end() || blamable(*most) <= 0) return;
    const auto p = static_cast<size_t>(most - result_.layers.begin());
    const std::vector<std::string>& sources = a_.plan->graph().nodes[pairs_[p].node_a].sources;
    const LayerEvidence evidence{sources.empty() ? most->name : sources[0], most->saturation, sums_[p].typical_steps()};
    const ir::Graph& graph = b_.plan->graph();
    const Diagnosis diagnosis = diagnose(graph, graph.nodes[pairs_[p].node_b], evidence);
    result_.blame = Blame{p, diagnosis.why, diagnosis.mend};
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
  std::vector<LayerPair> pairs_;
  std::vector<LayerSums> sums_;  // one a pair
  std::vector<InputSums> inputs_;
  std::vector<eval::Similarity> outputs_;
  CompareResult result_;
};

}  // namespace

Result<CompareResult> compare(const CompareOptions& options, ProgressSink& progress) {
  return Comparing(options, progress).run();
}

}  // namespace pestle::flows
