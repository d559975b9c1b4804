#include "flows/judging.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "eval/interval.h"
#include "eval/ranking.h"
#include "eval/runner.h"
#include "eval/similarity.h"
#include "flows/class_scores.h"

namespace pestle::flows {
namespace {

Share share_of(double value, size_t samples) { return {value, eval::interval_of_share(value, samples).half_width()}; }

// A single number has no mean of its own to take off.
double sqnr_of(const eval::Similarity& similarity, bool single) {
  return single ? similarity.sqnr_db() : similarity.centred_sqnr_db();
}

// Sums of one model over the samples.
struct OtherSums {
  eval::Similarity whole;
  std::vector<eval::Similarity> outputs;
  eval::Hits hits;
};

class FloatSums {
 public:
  void add(const std::vector<float>& output, std::optional<int64_t> label) {
    hits_.add(output, label);
    if (label) {
      ++labelled;
      labels_.insert(*label);
    }
    answers_.insert(std::max_element(output.begin(), output.end()) - output.begin());
    if (first_.empty()) first_ = output;
    for (size_t i = 0; i < output.size(); ++i) {
      change_ = std::max(change_, std::fabs(output[i] - first_[i]));
      largest_ = std::max(largest_, std::fabs(output[i]));
    }
  }

  FloatBehaviour behaviour(size_t samples, bool scores) const {
    FloatBehaviour found;
    found.samples = samples;
    found.classes = scores ? hits_.classes() : 0;
    found.answers = answers_.size();
    found.labels = labels_.size();
    found.variation = largest_ > 0 ? static_cast<double>(change_) / static_cast<double>(largest_) : 0;
    if (labelled > 0) found.top1 = share_of(*hits_.top1_share(), labelled);
    return found;
  }

  size_t labelled = 0;

 private:
  eval::Hits hits_;
  std::set<int64_t> answers_, labels_;
  std::vector<float> first_;
  float change_ = 0, largest_ = 0;
};

class Judging {
 public:
  Judging(const ir::Graph& graph, size_t others) : graph_(graph), others_(others) {
    for (OtherSums& other : others_) other.outputs.resize(graph.outputs.size());
  }

  void add(const std::vector<eval::RealOutputs>& outputs, std::optional<int64_t> label) {
    ++samples_;
    float_.add(outputs[0][0], label);
    for (size_t m = 0; m < others_.size(); ++m) {
      others_[m].hits.add(outputs[m + 1][0], label);
      for (size_t o = 0; o < outputs[0].size(); ++o) {
        others_[m].whole.add(outputs[0][o], outputs[m + 1][o]);
        others_[m].outputs[o].add(outputs[0][o], outputs[m + 1][o]);
      }
    }
  }

  Judgements judgements() const {
    Judgements found;
    found.original = float_.behaviour(samples_, is_class_scores(graph_, 0));
    for (const OtherSums& other : others_) found.others.push_back(judgement_of(other));
    return found;
  }

 private:
  const Shape& shape_of(size_t output) const { return graph_.values[graph_.outputs[output]].type.shape; }
  bool is_single(size_t output) const { return shape_of(output).elements() == 1; }

  Judgement judgement_of(const OtherSums& other) const {
    Judgement judgement;
    judgement.samples = samples_;
    if (const auto scores = first_class_scores(graph_))
      judgement.agreement = share_of(other.outputs[*scores].agreement(), samples_);
    judgement.sqnr_db = other.whole.sqnr_db();
    judgement.centred_sqnr_db = other.whole.centred_sqnr_db();
    judgement.decisive_db = sqnr_of(other.whole, other.outputs.size() == 1 && is_single(0));
    size_t worst = 0;
    for (size_t o = 0; o < other.outputs.size(); ++o) {
      const double own = sqnr_of(other.outputs[o], is_single(o));
      if (o == 0 || own < judgement.worst_sqnr_db) {
        judgement.worst_sqnr_db = own;
        worst = o;
      }
    }
    judgement.worst_output = graph_.values[graph_.outputs[worst]].name;
    judgement.labelled = float_.labelled;
    if (float_.labelled == 0) return judgement;
    judgement.float_top1 = float_.behaviour(samples_, false).top1;
    judgement.top1 = share_of(*other.hits.top1_share(), float_.labelled);
    return judgement;
  }

  const ir::Graph& graph_;
  size_t samples_ = 0;
  FloatSums float_;
  std::vector<OtherSums> others_;
};

}  // namespace

Result<Judgements> judge(const ir::Module& original, std::span<const ir::Module* const> others, const Samples& samples,
                         ThreadPool& pool, ProgressSink& progress) {
  std::vector<std::shared_ptr<const runtime::Plan>> plans;
  PESTLE_ASSIGN(auto reference, runtime::Plan::make(original));
  plans.push_back(std::move(reference));
  for (const ir::Module* module : others) {
    PESTLE_ASSIGN(auto plan, runtime::Plan::make(*module));
    plans.push_back(std::move(plan));
  }
  Judging judging(original.graphs[0], others.size());
  const auto body = [&](size_t position, const std::vector<eval::RealOutputs>& outputs) -> Status {
    judging.add(outputs, samples.label(position));
    return {};
  };
  eval::Runner runner(plans, pool);
  PESTLE_TRY(runner.run(samples, spread(samples.size(), samples.size()), "judging", progress, body));
  return judging.judgements();
}

}  // namespace pestle::flows
