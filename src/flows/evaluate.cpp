#include "flows/evaluate.h"

#include <fmt/core.h>

#include <chrono>

#include "eval/ranking.h"
#include "eval/runner.h"
#include "eval/similarity.h"
#include "ops/core/registry.h"

namespace pestle::flows {
namespace {

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

// Chance, and a little more.
bool near_chance(const ModelScore& score) {
  return score.top1 && score.classes > 1 && *score.top1 < 2.0 / static_cast<double>(score.classes);
}

}  // namespace

namespace {

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

Result<EvalResult> evaluate(const EvalOptions& options, ProgressSink& progress) {
  const auto started = std::chrono::steady_clock::now();
  ThreadPool pool(options.threads);
  EvalResult result;
  PESTLE_ASSIGN(LoadedModel model, load_model(options.model));
  result.bytes = model.file_bytes;
  result.notes = model.notes;
  PESTLE_ASSIGN(const OpenedData data, open_data(options.data, model));
  const Samples samples(data.source,
                        spread(data.source->size(), options.samples == 0 ? data.source->size() : options.samples),
                        options.data.strict, progress);

  // Plans: the model and, if wanted, its original; with --logits both once more, cut before the softmax.
  std::vector<ir::Module> modules = {model.module};
  if (!options.against.empty()) {
    ModelRequest request = options.model;
    request.path = options.against;
    PESTLE_ASSIGN(const LoadedModel original, load_model(request));
    PESTLE_TRY(check_same_outputs(model, original));
    modules.push_back(original.module);
    if (options.logits) {
      modules.push_back(model.module);
      modules.push_back(original.module);
      cut_final_softmax(modules[2]);
      cut_final_softmax(modules[3]);
    }
  }
  std::vector<std::shared_ptr<const runtime::Plan>> plans;
  for (const ir::Module& module : modules) {
    PESTLE_ASSIGN(auto plan, runtime::Plan::make(module));
    plans.push_back(std::move(plan));
  }
  eval::Hits own, original;
  const size_t outputs_count = model.module.graphs[0].outputs.size();
  std::vector<eval::Similarity> whole(outputs_count), compared(outputs_count);
  size_t scored = 0;
  const auto body = [&](size_t position, const std::vector<eval::RealOutputs>& outputs) -> Status {
    ++scored;
    const auto label = samples.label(position);
    own.add(outputs[0][0], label);
    if (outputs.size() > 1) original.add(outputs[1][0], label);
    for (size_t o = 0; outputs.size() > 1 && o < outputs_count; ++o) {
      whole[o].add(outputs[1][o], outputs[0][o]);
      if (outputs.size() > 3) compared[o].add(outputs[3][o], outputs[2][o]);
    }
    return {};
  };
  eval::Runner runner(plans, pool);
  PESTLE_TRY(runner.run(samples, spread(samples.size(), samples.size()), "evaluating", progress, body));

  result.samples = scored;
  result.score = score_of(own);
  if (modules.size() > 1) {
    result.against = score_of(original);
    for (size_t o = 0; o < outputs_count; ++o) {
      const eval::Similarity& s = options.logits ? compared[o] : whole[o];
      const ir::Graph& graph = model.module.graphs[0];
      result.comparison.push_back({graph.values[graph.outputs[o]].name, whole[o].agreement(), s.sqnr_db(),
                                   s.centred_sqnr_db(), s.cosine(), s.mse(), s.max_abs()});
    }
  }
  const ModelScore& floating = result.against ? *result.against : result.score;
  if (near_chance(floating)) {
    result.notes.push_back("the score is near chance: check --preprocess, --labels and --label-offset");
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return result;
}

}  // namespace pestle::flows
