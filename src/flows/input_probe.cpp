#include "flows/input_probe.h"

#include <algorithm>
#include <limits>

#include "eval/runner.h"
#include "formats/tflite/class_names.h"
#include "ops/core/fused_activation.h"
#include "runtime/executor.h"

namespace pestle::flows {
namespace {

constexpr size_t kProbed = 16;
constexpr double kPixels = 255;

float upper_limit(const ir::Node& node) { return ops::float_range(ops::kFusedActivation(node)).high; }

// The first node whose activation is a clamp from above; the number of nodes if there is none.
size_t first_clipping(const ir::Graph& graph) {
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    const bool real = graph.values[graph.nodes[n].outputs[0]].type.dtype == DType::kFloat32;
    if (real && upper_limit(graph.nodes[n]) < std::numeric_limits<float>::max()) return n;
  }
  return graph.nodes.size();
}

std::optional<Ends> normalized_ends(const formats::tflite::Normalization& normalization) {
  const std::vector<float>& mean = normalization.mean;
  if (mean.empty() || mean.size() != normalization.deviation.size()) return std::nullopt;
  Ends ends{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  for (size_t c = 0; c < mean.size(); ++c) {
    const auto deviation = static_cast<double>(normalization.deviation[c]);
    if (!(deviation > 0)) return std::nullopt;
    ends.low = std::min(ends.low, -static_cast<double>(mean[c]) / deviation);
    ends.high = std::max(ends.high, (kPixels - static_cast<double>(mean[c])) / deviation);
  }
  return ends;
}

}  // namespace

Result<InputProbe> probe_inputs(const ir::Module& module, const Samples& samples, ThreadPool& pool) {
  PESTLE_ASSIGN(auto plan, runtime::Plan::make(module));
  const ir::Graph& graph = plan->graph();
  const size_t clipping = first_clipping(graph);
  runtime::Executor executor(plan, pool);
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  InputProbe probe{std::vector<Ends>(graph.inputs.size(), {kInfinity, -kInfinity}), {}, 0};
  size_t values = 0, at_limit = 0;
  const auto count = [&](size_t n) {
    if (n != clipping) return;
    const auto found = executor.value(graph.nodes[n].outputs[0]).values<float>();
    values += found.size();
    at_limit += static_cast<size_t>(std::count(found.begin(), found.end(), upper_limit(graph.nodes[n])));
  };
  PESTLE_TRY(samples.for_each(spread(samples.size(), kProbed), [&](size_t, std::span<const Tensor> inputs) -> Status {
    executor.reset_variables();
    for (size_t i = 0; i < inputs.size(); ++i) {
      PESTLE_TRY(executor.set_input(static_cast<int>(i), inputs[i].view()));
      for (float value : eval::real_values(inputs[i].view(), graph.values[graph.inputs[i]].type)) {
        probe.inputs[i].low = std::min(probe.inputs[i].low, static_cast<double>(value));
        probe.inputs[i].high = std::max(probe.inputs[i].high, static_cast<double>(value));
      }
    }
    return clipping < graph.nodes.size() ? executor.run(count) : Status{};
  }));
  if (values == 0) return probe;
  const ir::Node& node = graph.nodes[clipping];
  probe.clipping = node.sources.empty() ? node.op : node.sources[0];
  probe.at_limit = static_cast<double>(at_limit) / static_cast<double>(values);
  return probe;
}

std::optional<Ends> recorded_ends(const LoadedModel& model) {
  if (model.module.graphs[0].inputs.size() != 1) return std::nullopt;
  const auto chain = preprocessing("", model, input_specs(model));
  const auto map = chain && *chain ? data::affine_of(**chain) : std::nullopt;
  if (!map || map->scale.empty()) return normalized_ends(formats::tflite::read_normalization(model.module));
  Ends ends{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  for (size_t c = 0; c < map->scale.size(); ++c) {
    const double at_zero = map->offset[c], at_most = kPixels * map->scale[c] + map->offset[c];
    ends.low = std::min({ends.low, at_zero, at_most});
    ends.high = std::max({ends.high, at_zero, at_most});
  }
  return ends;
}

}  // namespace pestle::flows
