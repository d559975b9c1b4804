#include "flows/convert.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "base/file.h"
#include "flows/output.h"
#include "formats/tflite/class_names.h"
#include "formats/tflite/tflite.h"
#include "ops/core/registry.h"
#include "quant/apply.h"
#include "quant/choose.h"
#include "quant/stated.h"

namespace pestle::flows {
namespace {

std::vector<OperatorChange> compare_operators(const ir::Module& before, const ir::Module& after) {
  std::map<std::string, OperatorChange> changes;
  for (const ir::Graph& graph : before.graphs) {
    for (const ir::Node& node : graph.nodes) ++changes[node.op].before;
  }
  for (const ir::Graph& graph : after.graphs) {
    for (const ir::Node& node : graph.nodes) ++changes[node.op].after;
  }
  std::vector<OperatorChange> list;
  for (auto& [name, change] : changes) {
    change.name = name;
    list.push_back(std::move(change));
  }
  return list;
}

// Who keeps a TRANSPOSE in its place: what computes its input and what reads its result.
std::string reason_of(const ir::Graph& graph, const ir::Node& transpose, const std::vector<int>& producers) {
  const int producer = producers[transpose.inputs[0]];
  const std::string from = producer >= 0 ? graph.nodes[producer].op : "the model's input";
  for (const ir::Node& node : graph.nodes) {
    if (std::find(node.inputs.begin(), node.inputs.end(), transpose.outputs[0]) != node.inputs.end()) {
      return fmt::format("between {} and {}, which reads its operand in this order of axes", from, node.op);
    }
  }
  return fmt::format("between {} and the model's output, which keeps the source's order of axes", from);
}

std::vector<RemainingTranspose> remaining_transposes(const ir::Module& module) {
  std::vector<RemainingTranspose> list;
  for (const ir::Graph& graph : module.graphs) {
    const std::vector<int> producers = ir::find_producers(graph);
    for (const ir::Node& node : graph.nodes) {
      if (node.is("TRANSPOSE"))
        list.push_back({node.sources.empty() ? "" : node.sources[0], reason_of(graph, node, producers)});
    }
  }
  return list;
}

size_t count_float16(const ir::Module& module) {
  size_t count = 0;
  for (const ir::Graph& graph : module.graphs) {
    for (const ir::Node& node : graph.nodes) {
      if (!ops::traits_of(node).is_conversion || node.inputs.empty() || node.inputs[0] == ir::kNoValue) continue;
      const ir::Value& value = graph.values[node.inputs[0]];
      count += value.is_constant() && value.type.dtype == DType::kFloat16 ? 1 : 0;
    }
  }
  return count;
}

// A file that comes through unchanged keeps the versions that stand in it; what was made anew has none yet.
bool has_new_nodes(const ir::Module& module) {
  for (const ir::Graph& graph : module.graphs) {
    if (std::any_of(graph.nodes.begin(), graph.nodes.end(), [](const ir::Node& node) { return node.version == 0; }))
      return true;
  }
  return false;
}

// Which inputs this conversion re-laid (model.re_laid also has those of an earlier one).
std::vector<bool> newly_re_laid(const LoadedModel& model) {
  const ir::Graph& graph = model.module.graphs[0];
  std::vector<bool> flags;
  for (ir::ValueId id : graph.inputs) {
    const auto& inputs = model.report.relaid_inputs;
    flags.push_back(std::any_of(inputs.begin(), inputs.end(),
                                [&](const auto& input) { return input.input == graph.values[id].name; }));
  }
  return flags;
}

void describe_inputs(const LoadedModel& model, ConvertResult& result) {
  const ir::Graph& graph = model.module.graphs[0];
  const std::vector<bool> re_laid = newly_re_laid(model);
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    const ir::Value& value = graph.values[graph.inputs[i]];
    if (re_laid[i]) result.re_laid.push_back(value.name);
    const bool has_batch = !value.signature.empty() && value.type.shape.rank() > 0;
    if (has_batch && value.signature[0] < 0) {
      result.notes.push_back(
          fmt::format("input \"{}\": the batch is free; it is {} until it is set", value.name, value.type.shape[0]));
    }
  }
}

// Keeps the bytes of a file in memory.
class MemorySink final : public ByteSink {
 public:
  Status write(std::span<const std::byte> bytes) override {
    kept.insert(kept.end(), bytes.begin(), bytes.end());
    return {};
  }
  std::vector<std::byte> kept;
};

// Passes bytes on and counts them.
class CountingSink final : public ByteSink {
 public:
  explicit CountingSink(ByteSink& sink) : sink_(sink) {}
  Status write(std::span<const std::byte> bytes) override {
    count += bytes.size();
    return sink_.write(bytes);
  }
  size_t count = 0;

 private:
  ByteSink& sink_;
};

// With the names of classes that the source had behind it.
Status write_whole(const LoadedModel& model, ByteSink& sink) {
  if (model.class_names.empty()) return formats::tflite::write(model.module, sink);
  return formats::tflite::write_with_class_names(model.module, model.class_names, sink);
}

Result<size_t> write_model(const LoadedModel& model, const std::string& path) {
  size_t bytes = 0;
  PESTLE_TRY(write_file(path, [&](ByteSink& file) -> Status {
    CountingSink sink(file);
    PESTLE_TRY(write_whole(model, sink));
    bytes = sink.count;
    return {};
  }));
  return bytes;
}

// The file is made in memory, read back and checked before anything appears on disk; what fails is not written.
Status write_checked(const ir::Module& source, const LoadedModel& model, const ConvertOptions& options,
                     ProgressSink& progress, ConvertResult& result) {
  CheckOptions checking = *options.check;
  if (!checking.tolerance) checking.tolerance = result.keeps_integers ? kIntegerTolerance : kFloatTolerance;
  MemorySink sink;
  PESTLE_TRY(write_whole(model, sink));
  const Bytes made = Bytes::own(std::move(sink.kept));
  result.bytes = made.size();
  auto again = formats::tflite::read(made);
  if (!again) return in_context(std::move(again).error(), options.output);
  PESTLE_ASSIGN(result.check, check({source, *again, newly_re_laid(model)}, checking, options.threads, progress));
  if (!result.check->passed) return {};
  PESTLE_TRY(write_file(options.output, made.view()));
  result.output = options.output;
  return {};
}

// A source that was quantized keeps its integers. A .tflite file has them already.
Status keep_integers(LoadedModel& model, ConvertResult& result) {
  if (model.format == "tflite") return {};
  PESTLE_ASSIGN(const auto stated, quant::take_stated(model.module));
  if (!stated) return {};
  result.keeps_integers = true;
  const auto floats = quant::float_nodes(stated->module, stated->plan);
  PESTLE_ASSIGN(quant::Applied applied, quant::apply(stated->module, stated->plan));
  model.module = std::move(applied.module);
  result.notes.push_back("the source is quantized: scales, zero points and integer weights are its own");
  if (!floats.empty())
    result.notes.push_back(fmt::format("{} operator{} stay{} float; the first is {} '{}': {}", floats.size(),
                                       floats.size() == 1 ? "" : "s", floats.size() == 1 ? "s" : "", floats[0].op,
                                       floats[0].name, floats[0].reason));
  return {};
}

}  // namespace

Result<ConvertResult> convert(const ConvertOptions& options, ProgressSink& progress) {
  const auto started = std::chrono::steady_clock::now();
  PESTLE_TRY(check_output(options.output, options.model.path));
  ModelRequest request = options.model;
  request.keep_float16 = true;
  PESTLE_ASSIGN(LoadedModel model, read_source(request));
  const ir::Module source = model.module;
  PESTLE_TRY(canonicalize(model, request));
  if (progress.cancelled()) return fail(ErrorCode::kCancelled, "interrupted");
  ConvertResult result;
  PESTLE_TRY(keep_integers(model, result));
  if (has_new_nodes(model.module)) formats::tflite::set_min_runtime_version(model.module);
  result.format = model.format;
  result.source_bytes = model.file_bytes;
  result.notes.insert(result.notes.begin(), model.notes.begin(), model.notes.end());
  result.before = count_operators(source);
  result.operators = count_operators(model.module);
  result.changes = compare_operators(source, model.module);
  result.transposes = remaining_transposes(model.module);
  result.float16_folded = count_float16(source) - std::min(count_float16(source), count_float16(model.module));
  describe_inputs(model, result);
  if (options.check) {
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    PESTLE_TRY(write_checked(source, model, options, progress, result));
    return result;
  }
  PESTLE_ASSIGN(result.bytes, write_model(model, options.output));
  result.output = options.output;
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return result;
}

}  // namespace pestle::flows
