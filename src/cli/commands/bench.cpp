#include "flows/bench.h"

#include <fmt/core.h>

#include "cli/command.h"
#include "cli/model_flags.h"

namespace pestle::cli {
namespace {

report::Table models_table(const flows::BenchResult& result) {
  using namespace report;
  Table table{{{"model"}, {"median", "ms"}, {"min", "ms"}, {"p90", "ms"}, {"arena", "bytes"}, {"load", "ms"}}, {}, {}};
  for (const flows::ModelTiming& model : result.models) {
    table.rows.push_back({{text_cell(model.file), milliseconds_cell(model.median_ms), milliseconds_cell(model.min_ms),
                           milliseconds_cell(model.p90_ms), bytes_cell(static_cast<int64_t>(model.arena_bytes)),
                           milliseconds_cell(model.load_ms)}});
  }
  table.caption =
      fmt::format("{} runs in alternation, {} thread{}", result.runs, result.threads, result.threads == 1 ? "" : "s");
  return table;
}

report::Table nodes_table(const flows::ModelTiming& model) {
  using namespace report;
  Table table{{{"#"}, {"operator"}, {"node"}, {"time", "ms"}, {"share"}, {"MACs"}, {"GMAC/s"}, {"kernel"}}, {}, {}};
  double total = 0;
  for (const flows::NodeTiming& node : model.nodes) total += node.ms;
  for (size_t n = 0; n < model.nodes.size(); ++n) {
    const flows::NodeTiming& node = model.nodes[n];
    const bool counted = node.macs > 0;
    table.rows.push_back(
        {{count_cell(static_cast<int64_t>(n)), text_cell(node.op), text_cell(node.name), milliseconds_cell(node.ms),
          percent_cell(total > 0 ? node.ms / total : 0, 1), counted ? count_cell(node.macs) : empty_cell(),
          counted ? number_cell(node.gmacs_per_second(), 1) : empty_cell(), text_cell(node.kernel)}});
  }
  return table;
}

report::Document document_of(const flows::BenchResult& result, bool per_op) {
  using namespace report;
  Document document;
  document.blocks.emplace_back(models_table(result));
  for (const flows::ModelTiming& model : result.models) {
    if (per_op) {
      document.blocks.emplace_back(Heading{model.file, 2});
      document.blocks.emplace_back(nodes_table(model));
    }
    for (const std::string& note : model.notes)
      document.blocks.emplace_back(Note{NoteKind::kNote, model.file + ": " + note});
  }
  if (!result.trace.empty())
    document.blocks.emplace_back(Note{NoteKind::kNote, result.trace + " opens in chrome://tracing or ui.perfetto.dev"});
  return document;
}

Json json_of(const flows::NodeTiming& node) {
  Json json = Json::object();
  json.set("name", node.name);
  json.set("operator", node.op);
  json.set("kernel", node.kernel);
  json.set("ms", node.ms);
  json.set("macs", node.macs);
  json.set("gmacs_per_second", node.gmacs_per_second());
  return json;
}

Json json_of(const flows::BenchResult& result, bool per_op) {
  Json models = Json::array();
  for (const flows::ModelTiming& model : result.models) {
    Json json = Json::object();
    json.set("file", model.file);
    json.set("threads", result.threads);
    json.set("runs", result.runs);
    json.set("median_ms", model.median_ms);
    json.set("min_ms", model.min_ms);
    json.set("p90_ms", model.p90_ms);
    json.set("arena_bytes", model.arena_bytes);
    json.set("scratch_bytes", model.scratch_bytes);
    json.set("load_ms", model.load_ms);
    json.set("macs", model.macs);
    if (per_op) {
      Json nodes = Json::array();
      for (const flows::NodeTiming& node : model.nodes) nodes.push(json_of(node));
      json.set("nodes", std::move(nodes));
    }
    models.push(std::move(json));
  }
  Json json = Json::object();
  json.set("models", std::move(models));
  if (!result.trace.empty()) json.set("trace", result.trace);
  return json;
}

class BenchCommand final : public Command {
 public:
  std::vector<Flag> flags() override {
    std::vector<Flag> flags;
    flags.push_back({"models", "MODEL...", "Model files, timed in alternation", &paths_, true});
    model_.declare_import(flags);
    flags.push_back(count_flag("--runs", "Runs of each model that count (50)", &runs_));
    flags.push_back(count_flag("--warm-up", "Runs before them (5)", &warm_up_, 0));
    flags.push_back(threads_flag(&threads_));
    flags.push_back({"--seed", "N", "Of the contents of the inputs (0)", &seed_});
    flags.push_back({"--per-op", "", "Time, multiply-accumulates and kernel of every node", &options_.per_op});
    flags.push_back({"--trace", "FILE", "Write a run of each model for Chrome's trace viewer", &options_.trace});
    flags.push_back({"--reference", "", "Plain reference code instead of the fast kernels", &options_.reference});
    return flags;
  }

  Result<Outcome> run(ProgressSink& progress) override {
    PESTLE_ASSIGN(flows::ModelRequest request, model_.understand());
    for (const std::string& path : paths_) {
      request.path = path;
      options_.models.push_back(request);
    }
    options_.runs = static_cast<size_t>(runs_);
    options_.warm_up = static_cast<size_t>(warm_up_);
    options_.threads = static_cast<int>(threads_);
    options_.seed = static_cast<uint64_t>(seed_);
    PESTLE_ASSIGN(const flows::BenchResult result, flows::bench(options_, progress));
    return Outcome{document_of(result, options_.per_op), json_of(result, options_.per_op)};
  }

 private:
  ModelFlags model_;
  flows::BenchOptions options_;
  std::vector<std::string> paths_;
  int64_t runs_ = 50, warm_up_ = 5, threads_ = 0, seed_ = 0;
};

}  // namespace

const CommandDef& command_bench() {
  static const CommandDef def{
      "bench",
      "Measure latency and memory",
      {"pestle bench net.tflite", "pestle bench float.tflite int8.tflite --threads 1 --runs 100",
       "pestle bench net.tflite --per-op --trace net.json"},
      [] { return std::unique_ptr<Command>(new BenchCommand()); }};
  return def;
}

}  // namespace pestle::cli
