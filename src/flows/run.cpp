#include "flows/run.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "base/file.h"
#include "base/text.h"
#include "codec/npy.h"
#include "codec/npz.h"
#include "data/array_input.h"
#include "eval/runner.h"
#include "flows/names.h"
#include "flows/samples.h"
#include "runtime/executor.h"

namespace pestle::flows {
namespace {

constexpr size_t kTop = 5;

// "file.npz" or "file.npz:array".
struct ArchivePath {
  std::string file, array;
};
std::optional<ArchivePath> archive_path(const std::string& text) {
  if (text.ends_with(".npz")) return ArchivePath{text, ""};
  const size_t at = text.rfind(".npz:");
  if (at == std::string::npos) return std::nullopt;
  return ArchivePath{text.substr(0, at + 4), text.substr(at + 5)};
}

// The array that is asked for, the one of the input's name, or the only one.
Result<Tensor> load_from_archive(const ArchivePath& path, const std::optional<data::Chain>& chain,
                                 const data::InputSpec& spec) {
  PESTLE_ASSIGN(const Bytes file, map_file(path.file));
  auto arrays = codec::read_npz(file);
  if (!arrays) return in_context(std::move(arrays).error(), path.file);
  const std::string wanted = path.array.empty() ? spec.name : path.array;
  auto found =
      std::find_if(arrays->begin(), arrays->end(), [&](const codec::NamedArray& a) { return a.name == wanted; });
  if (found == arrays->end() && path.array.empty() && arrays->size() == 1) found = arrays->begin();
  if (found == arrays->end()) {
    std::vector<std::string> names;
    for (const codec::NamedArray& array : *arrays) names.push_back(array.name);
    return fail(ErrorCode::kInvalidArgument, fmt::format("{} holds no array \"{}\"", path.file, wanted),
                fmt::format("it holds {}; {}:NAME takes one of them", join(names, ", "), path.file));
  }
  auto tensor = data::array_to_input(found->array.view(), chain.value_or(data::Chain{}), spec);
  if (!tensor) return in_context(std::move(tensor).error(), fmt::format("{}:{}", path.file, found->name));
  return tensor;
}

class Running {
 public:
  Running(const RunOptions& options, ProgressSink& progress)
      : options_(options), progress_(progress), pool_(options.threads) {}

  Result<RunResult> run() {
    if (!options_.output.empty() && same_file(options_.model.path, options_.output)) {
      return fail(ErrorCode::kInvalidArgument, "the output would replace the model " + options_.output,
                  "give another --output");
    }
    ModelRequest request = options_.model;
    request.keep_input_layout = true;  // arrays are given in the order of the model's own inputs
    PESTLE_ASSIGN(model_, load_model(request));
    result_.notes = model_.notes;
    PESTLE_TRY(read_inputs());
    PESTLE_ASSIGN(auto plan, runtime::Plan::make(model_.module));
    runtime::Executor executor(plan, pool_);
    for (size_t i = 0; i < inputs_.size(); ++i) PESTLE_TRY(executor.set_input(static_cast<int>(i), inputs_[i]->view()));
    const auto started = std::chrono::steady_clock::now();
    for (size_t n = 0; n < plan->graph().nodes.size(); ++n) {
      if (progress_.cancelled()) return fail(ErrorCode::kCancelled, "interrupted");
      PESTLE_TRY(executor.run_step(n));
    }
    result_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    const std::vector<std::string> names = distinct_names(plan->graph(), plan->graph().outputs, "output");
    for (size_t i = 0; i < names.size(); ++i)
      summarize(names[i], executor.output(static_cast<int>(i)), plan->graph().values[plan->graph().outputs[i]].type);
    if (!options_.output.empty()) PESTLE_TRY(write(executor, names));
    return std::move(result_);
  }

 private:
  Status read_inputs() {
    std::vector<data::InputSpec> specs = input_specs(model_);
    for (data::InputSpec& spec : specs) spec.takes_nonfinite = true;
    PESTLE_ASSIGN(const auto chain, preprocessing(options_.preprocess, model_, specs));
    inputs_.resize(specs.size());
    for (const auto& [name, path] : options_.inputs) {
      if (name.empty()) return nameless(path, specs);
      PESTLE_ASSIGN(const size_t place, find_input(model_.module, name));
      if (inputs_[place]) return fail(ErrorCode::kInvalidArgument, fmt::format("--input {} is given twice", name));
      const auto archive = archive_path(path);
      auto tensor =
          archive ? load_from_archive(*archive, chain, specs[place]) : data::load_input(path, chain, specs[place]);
      if (!tensor) return Failure(std::move(tensor).error());
      inputs_[place] = std::move(*tensor);
      note_nonfinite(path, inputs_[place]->view());
      if (chain && chain->only_pictures && (archive || path.ends_with(".npy"))) {
        result_.notes.push_back(
            fmt::format("{} is taken as it is: the preprocessing that the file records is for pictures", path));
      }
    }
    std::vector<std::string> missing;
    for (size_t i = 0; i < inputs_.size(); ++i) {
      if (!inputs_[i])
        missing.push_back(fmt::format("{} ({} {})", specs[i].name.empty() ? fmt::format("#{}", i) : specs[i].name,
                                      dtype_name(specs[i].dtype), to_string(specs[i].shape)));
    }
    if (missing.empty()) return {};
    return fail(ErrorCode::kInvalidArgument, fmt::format("{} has no value", join(missing, ", ")),
                fmt::format("--input {}=FILE.npy", specs[0].name.empty() ? "#0" : specs[0].name));
  }

  void note_nonfinite(const std::string& path, const ConstTensorView& view) {
    const std::vector<float> numbers = to_floats(view);
    const auto count = std::count_if(numbers.begin(), numbers.end(), [](float number) { return std::isnan(number); });
    if (count > 0) result_.notes.push_back(fmt::format("{}: {} of {} values are NaN", path, count, numbers.size()));
  }

  static Failure nameless(const std::string& value, const std::vector<data::InputSpec>& specs) {
    std::vector<std::string> ways;
    for (size_t i = 0; i < specs.size(); ++i)
      ways.push_back(
          fmt::format("--input {}={}", specs[i].name.empty() ? fmt::format("#{}", i) : specs[i].name, value));
    return fail(ErrorCode::kInvalidArgument, fmt::format("--input {}: expected NAME=FILE, or NAME:SHAPE", value),
                join(ways, " or "));
  }

  void summarize(const std::string& name, const ConstTensorView& view, const ir::Type& type) {
    OutputSummary summary{name, dtype_name(view.dtype), view.shape, 0, 0, 0, 0, {}};
    const std::vector<float> values = eval::real_values(view, type);
    std::vector<int64_t> order;
    double sum = 0;
    for (size_t i = 0; i < values.size(); ++i) {
      if (!std::isfinite(values[i])) continue;
      order.push_back(static_cast<int64_t>(i));
      sum += static_cast<double>(values[i]);
    }
    summary.not_finite = values.size() - order.size();
    const size_t top = std::min(kTop, order.size());
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(top), order.end(),
                      [&](int64_t a, int64_t b) { return values[a] != values[b] ? values[a] > values[b] : a < b; });
    const bool named = result_.outputs.empty() && model_.class_names.size() == values.size();
    for (size_t i = 0; i < top; ++i) {
      summary.top.push_back({order[i], static_cast<double>(values[order[i]]),
                             named ? model_.class_names[static_cast<size_t>(order[i])] : std::string()});
    }
    if (!order.empty()) {
      summary.most = summary.top[0].value;
      summary.least = static_cast<double>(values[*std::min_element(
          order.begin(), order.end(), [&](int64_t a, int64_t b) { return values[a] < values[b]; })]);
      summary.mean = sum / static_cast<double>(order.size());
    }
    result_.outputs.push_back(std::move(summary));
  }

  Status write(const runtime::Executor& executor, const std::vector<std::string>& names) {
    const ir::Graph& graph = executor.plan().graph();
    std::vector<codec::NamedView> arrays;
    std::vector<Tensor> reals;
    reals.reserve(names.size());
    for (size_t i = 0; i < names.size(); ++i) {
      const ConstTensorView view = executor.output(static_cast<int>(i));
      const ir::Type& type = graph.values[graph.outputs[i]].type;
      arrays.push_back({names[i], view});
      if (!options_.dequantize || !type.is_quantized()) continue;
      reals.push_back(Tensor::of<float>(view.shape, eval::real_values(view, type)));
      arrays.push_back({names[i] + "_float32", std::as_const(reals.back()).view()});
    }
    const bool is_single = options_.output.ends_with(".npy");
    if (is_single && arrays.size() != 1)
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("`output` {}: there are {} arrays to write, a .npy file holds one", options_.output,
                              arrays.size()),
                  "give a name that ends in .npz");
    PESTLE_ASSIGN(const auto bytes, is_single ? codec::write_npy(arrays[0].tensor) : codec::write_npz(arrays));
    PESTLE_TRY(write_file(options_.output, bytes));
    result_.output = options_.output;
    return {};
  }

  const RunOptions& options_;
  ProgressSink& progress_;
  ThreadPool pool_;
  LoadedModel model_;
  std::vector<std::optional<Tensor>> inputs_;
  RunResult result_;
};

}  // namespace

Result<RunResult> run(const RunOptions& options, ProgressSink& progress) { return Running(options, progress).run(); }

}  // namespace pestle::flows
