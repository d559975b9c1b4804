#include "flows/bench.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>

#include "base/file.h"
#include "base/json.h"
#include "flows/latency.h"
#include "ops/core/registry.h"

namespace pestle::flows {
namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// What the nodes of one model took: a row a profiled run, a number a node, in milliseconds.
using Profile = std::vector<std::vector<double>>;

Status profile_run(runtime::Executor& executor, Profile& profile) {
  std::vector<double>& times = profile.emplace_back();
  Clock::time_point before = Clock::now();
  return executor.run([&](size_t) {
    const Clock::time_point now = Clock::now();
    times.push_back(std::chrono::duration<double, std::milli>(now - before).count());
    before = Clock::now();
  });
}

std::vector<NodeTiming> node_timings(const runtime::Plan& plan, const Profile& profile) {
  std::vector<NodeTiming> nodes;
  for (size_t n = 0; n < plan.graph().nodes.size(); ++n) {
    const ir::Node& node = plan.graph().nodes[n];
    std::vector<double> times;
    for (const std::vector<double>& run : profile) times.push_back(run[n]);
    NodeTiming timing;
    timing.name = node.sources.empty() ? fmt::format("node {}", n) : node.sources[0];
    timing.op = node.op;
    timing.kernel = plan.kernel(n);
    timing.ms = summarize(std::move(times)).median_ms;
    timing.macs = ops::macs_of(plan.graph(), node);
    nodes.push_back(std::move(timing));
  }
  return nodes;
}

// Chrome's trace event format: one process a model, complete events with times in microseconds.
Json trace_of(const std::vector<ModelTiming>& models, const std::vector<Profile>& profiles) {
  Json events = Json::array();
  for (size_t m = 0; m < models.size(); ++m) {
    Json file = Json::object();
    file.set("name", models[m].file);
    Json process = Json::object();
    process.set("name", "process_name").set("ph", "M").set("pid", m + 1).set("args", std::move(file));
    events.push(std::move(process));
    double start = 0;
    for (size_t n = 0; n < models[m].nodes.size(); ++n) {
      const NodeTiming& node = models[m].nodes[n];
      const double microseconds = profiles[m].back()[n] * 1000.0;
      Json details = Json::object();
      details.set("kernel", node.kernel).set("macs", node.macs).set("node", n);
      Json event = Json::object();
      event.set("name", node.op + " " + node.name).set("cat", node.op).set("ph", "X");
      event.set("ts", start).set("dur", microseconds).set("pid", m + 1).set("tid", 1).set("args", std::move(details));
      events.push(std::move(event));
      start += microseconds;
    }
  }
  Json trace = Json::object();
  trace.set("displayTimeUnit", "ms").set("traceEvents", std::move(events));
  return trace;
}

class Benching {
 public:
  Benching(const BenchOptions& options, ProgressSink& progress)
      : options_(options), progress_(progress), pool_(options.threads) {}

  Result<BenchResult> run() {
    for (const ModelRequest& request : options_.models) PESTLE_TRY(load(request));
    PESTLE_ASSIGN(const auto latencies, time_in_alternation(executors_, {options_.runs, options_.warm_up}, progress_));
    for (size_t m = 0; m < latencies.size(); ++m) {
      ModelTiming& model = result_.models[m];
      model.median_ms = latencies[m].median_ms;
      model.min_ms = latencies[m].min_ms;
      model.p90_ms = latencies[m].p90_ms;
      if (auto note = unsteady(latencies[m])) model.notes.push_back(*std::move(note) + "; the shortest says more");
    }
    if (options_.per_op || !options_.trace.empty()) PESTLE_TRY(profile());
    result_.threads = pool_.threads();
    result_.runs = options_.runs;
    return std::move(result_);
  }

 private:
  Status load(const ModelRequest& request) {
    const Clock::time_point start = Clock::now();
    PESTLE_ASSIGN(const LoadedModel model, load_model(request));
    runtime::PlanOptions how;
    how.fast_kernels = !options_.reference;
    auto made = runtime::Plan::make(model.module, how);
    if (!made) return in_context(std::move(made).error(), request.path);
    const std::shared_ptr<const runtime::Plan> plan = std::move(made).value();
    PESTLE_ASSIGN(Executors executors, make_executors(std::span(&plan, 1), options_.seed, pool_));
    ModelTiming timing;
    timing.file = request.path;
    timing.load_ms = milliseconds_since(start);
    timing.arena_bytes = plan->arena_bytes();
    timing.scratch_bytes = plan->scratch_bytes();
    for (const ir::Node& node : plan->graph().nodes) timing.macs += ops::macs_of(plan->graph(), node);
    timing.notes = model.notes;
    executors_.push_back(std::move(executors[0]));
    result_.models.push_back(std::move(timing));
    return {};
  }

  // Runs of their own: the clock that is read after each node would otherwise be part of the latency.
  Status profile() {
    std::vector<Profile> profiles(executors_.size());
    for (size_t run = 0; run < options_.runs; ++run) {
      if (progress_.cancelled()) return fail(ErrorCode::kCancelled, "interrupted");
      for (size_t m = 0; m < executors_.size(); ++m) PESTLE_TRY(profile_run(*executors_[m], profiles[m]));
      progress_.update("profiling", static_cast<int64_t>(run + 1), static_cast<int64_t>(options_.runs));
    }
    for (size_t m = 0; m < executors_.size(); ++m) {
      result_.models[m].nodes = node_timings(executors_[m]->plan(), profiles[m]);
    }
    if (options_.trace.empty()) return {};
    const std::string text = print_json(trace_of(result_.models, profiles), JsonStyle::kCompact);
    PESTLE_TRY(write_file(options_.trace, std::as_bytes(std::span(text))));
    result_.trace = options_.trace;
    return {};
  }

  const BenchOptions& options_;
  ProgressSink& progress_;
  ThreadPool pool_;
  Executors executors_;
  BenchResult result_;
};

}  // namespace

Result<BenchResult> bench(const BenchOptions& options, ProgressSink& progress) {
  return Benching(options, progress).run();
}

}  // namespace pestle::flows
