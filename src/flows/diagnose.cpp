#include "flows/diagnose.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "ops/core/registry.h"

namespace pestle::flows {
namespace {

constexpr double kMuchSaturation = 0.01;
// With 16 bits little is lost by rounding, so that a few values beyond the range already matter most.
constexpr double kMuchSaturation16 = 1e-4;
// Half the channels using less than a twelfth of a shared scale leaves them less than five of eight bits.
constexpr double kUnevenChannels = 12.0;
constexpr double kFewSteps = 4.0;

// Largest absolute code of each slice along an axis.
std::vector<double> channel_peaks(const ConstTensorView& weights, int axis) {
  const std::vector<float> values = to_floats(weights);
  int64_t inner = 1;
  for (int a = axis + 1; a < weights.shape.rank(); ++a) inner *= weights.shape[a];
  std::vector<double> peaks(static_cast<size_t>(weights.shape[axis]), 0.0);
  for (size_t i = 0; i < values.size(); ++i) {
    double& peak = peaks[static_cast<size_t>(static_cast<int64_t>(i) / inner) % peaks.size()];
    peak = std::max(peak, std::fabs(static_cast<double>(values[i])));
  }
  return peaks;
}

// How many times the median channel's weights are smaller than the largest, where one scale serves all of them.
std::optional<double> unevenness(const ir::Graph& graph, const ir::Node& node) {
  const ops::OpDef* def = ops::find(node);
  for (size_t i = 0; def != nullptr && i < node.inputs.size(); ++i) {
    const ops::OperandRule& rule = ops::rule_of(def->quantization.inputs, static_cast<int>(i));
    if (rule.role != ops::Role::kWeight || rule.axis < 0 || node.inputs[i] == ir::kNoValue) continue;
    const ir::Value& value = graph.values[node.inputs[i]];
    const bool one_scale =
        value.is_constant() && value.type.is_quantized() && value.type.quantization->scale.size() == 1;
    if (!one_scale || rule.axis >= value.type.shape.rank() || value.type.shape.elements() == 0) return std::nullopt;
    std::vector<double> peaks = channel_peaks(graph.constant(node.inputs[i]), rule.axis);
    std::sort(peaks.begin(), peaks.end());
    return peaks.back() / std::max(peaks[peaks.size() / 2], 1.0);
  }
  return std::nullopt;
}

bool is_stored_wide(const ir::Graph& graph, const ir::Node& node) {
  return !node.outputs.empty() && node.outputs[0] != ir::kNoValue &&
         graph.values[node.outputs[0]].type.dtype == DType::kInt16;
}

}  // namespace

Diagnosis diagnose(const ir::Graph& graph, const ir::Node& node, const LayerEvidence& evidence) {
  const std::optional<double> uneven = unevenness(graph, node);
  if (uneven && *uneven >= kUnevenChannels) {
    return {fmt::format("its weights have one scale, and half of its channels use less than 1/{:.0f} of it", *uneven),
            "quantize with one scale a channel (leave out --per-tensor)"};
  }
  const bool wide = is_stored_wide(graph, node);
  if (evidence.saturation >= (wide ? kMuchSaturation16 : kMuchSaturation)) {
    const double percent = 100 * evidence.saturation;
    return {fmt::format("{} % of its values lie beyond the range it was calibrated for",
                        percent < 10 ? fmt::format("{:.2g}", percent) : fmt::format("{:.0f}", percent)),
            "calibrate on more samples like these, with the same --preprocess"};
  }
  // Full modes take no float operator.
  const std::string keep = fmt::format("--mode {} with --keep-float '{}'{}", wide ? "int16x8" : "int8", evidence.name,
                                       wide ? "" : ", or --mode int16x8");
  if (evidence.typical_steps > 0 && evidence.typical_steps < kFewSteps) {
    return {fmt::format("its typical value is only {:.1f} steps of its scale", evidence.typical_steps),
            "try --observer percentile, " + keep};
  }
  return {"rounding of its weights and of what it reads adds up", "try " + keep};
}

}  // namespace pestle::flows
