#include "quant/check_plan.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "ir/fingerprint.h"
#include "ir/label.h"
#include "ops/core/registry.h"

namespace pestle::quant {
namespace {

std::string shown_name(const ir::Graph& graph, ir::ValueId id) {
  const std::string& name = graph.values[id].name;
  return name.empty() ? fmt::format("value {}", id) : fmt::format("\"{}\"", name);
}

// Floats that a scale could be.
bool is_scale(float scale) { return scale > 0.0f && std::isfinite(scale); }

Status check_storage(const Storage& storage) {
  if (!storage.is_quantized()) {
    if (storage.dtype == DType::kFloat32 || storage.dtype == DType::kFloat16) return {};
    return fail(ErrorCode::kInvalidArgument, fmt::format("{} needs a scale", dtype_name(storage.dtype)));
  }
  const auto allowed = zero_points_of(storage.dtype);
  if (!allowed) return fail(ErrorCode::kInvalidArgument, fmt::format("{} takes no scale", dtype_name(storage.dtype)));
  if (!std::all_of(storage.scale.begin(), storage.scale.end(), is_scale))
    return fail(ErrorCode::kInvalidArgument, "every scale must be a positive number");
  if (storage.zero_point.size() != storage.scale.size())
    return fail(ErrorCode::kInvalidArgument, "there must be as many zero points as scales");
  for (int64_t zero : storage.zero_point) {
    if (zero >= allowed->least && zero <= allowed->most) continue;
    return fail(ErrorCode::kInvalidArgument, fmt::format("the zero point {} lies outside {} to {} of {}", zero,
                                                         allowed->least, allowed->most, dtype_name(storage.dtype)));
  }
  return {};
}

Status check_activation(const Storage& storage) {
  if (storage.scale.size() > 1)
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} scales, but what is computed has one", storage.scale.size()));
  return check_storage(storage);
}

Status check_operand(const Storage& storage, const ir::Value& value) {
  PESTLE_TRY(check_storage(storage));
  if (!value.is_constant()) return check_activation(storage);
  const Shape& shape = value.type.shape;
  const bool fits = storage.scale.size() <= 1 || (storage.axis >= 0 && storage.axis < shape.rank() &&
                                                  shape[storage.axis] == static_cast<int64_t>(storage.scale.size()));
  if (fits) return {};
  return fail(ErrorCode::kInvalidArgument, fmt::format("{} scales do not fit the shape {} along axis {}",
                                                       storage.scale.size(), to_string(shape), storage.axis));
}

Status check_sizes(const ir::Graph& graph, const GraphPlan& plan) {
  if (plan.nodes.size() == graph.nodes.size() && plan.values.size() == graph.values.size() &&
      plan.inputs.size() == graph.inputs.size() && plan.outputs.size() == graph.outputs.size())
    return {};
  return fail(ErrorCode::kInternal, "the plan has not as many nodes and values as the graph");
}

Status check_graph_plan(const ir::Graph& graph, const GraphPlan& plan) {
  PESTLE_TRY(check_sizes(graph, plan));
  const auto at = [&graph](Status status, ir::ValueId id) -> Status {
    return status ? std::move(status) : in_context(std::move(status).error(), "plan: " + shown_name(graph, id));
  };
  for (size_t id = 0; id < plan.values.size(); ++id) {
    if (plan.values[id]) PESTLE_TRY(at(check_activation(*plan.values[id]), static_cast<ir::ValueId>(id)));
  }
  for (size_t i = 0; i < plan.inputs.size(); ++i) PESTLE_TRY(at(check_activation(plan.inputs[i]), graph.inputs[i]));
  for (size_t i = 0; i < plan.outputs.size(); ++i) PESTLE_TRY(at(check_activation(plan.outputs[i]), graph.outputs[i]));
  for (size_t n = 0; n < plan.nodes.size(); ++n) {
    for (const auto& [input, storage] : plan.nodes[n].operands) {
      if (input < 0 || input >= static_cast<int>(graph.nodes[n].inputs.size()) ||
          graph.nodes[n].inputs[input] == ir::kNoValue)
        return fail(ErrorCode::kInvalidArgument, fmt::format("plan: node {} has no input {}", n, input));
      const ir::ValueId id = graph.nodes[n].inputs[input];
      PESTLE_TRY(at(check_operand(storage, graph.values[id]), id));
    }
  }
  return {};
}

}  // namespace

Status check_plan(const ir::Module& module, const QuantPlan& plan) {
  if (plan.fingerprint != ir::structure_fingerprint(module) || plan.graphs.size() != module.graphs.size())
    return fail(ErrorCode::kInvalidArgument, "the plan was made for another model",
                "make a new one for this model: `save_plan`");
  for (size_t g = 0; g < module.graphs.size(); ++g) PESTLE_TRY(check_graph_plan(module.graphs[g], plan.graphs[g]));
  return {};
}

namespace {

constexpr double kMultiplierEnd = 256;
constexpr double kLeastMultiplier = 1.0 / 4294967296.0;
constexpr double kBiasTolerance = 1e-5;  // of the product of the scales

// How operand `i` is stored where the node reads it; null: not quantized.
const Storage* read_as(const ir::Node& node, const GraphPlan& plan, const NodePlan& own, int i) {
  if (i >= static_cast<int>(node.inputs.size()) || node.inputs[i] == ir::kNoValue) return nullptr;
  const auto operand = own.operands.find(i);
  if (operand != own.operands.end()) return operand->second.is_quantized() ? &operand->second : nullptr;
  const auto& value = plan.values[node.inputs[i]];
  return value && value->is_quantized() ? &*value : nullptr;
}

Status check_bias(const Storage& bias, const Storage& weights, double input) {
  if (bias.scale.size() != weights.scale.size())
    return fail(ErrorCode::kInvalidArgument, fmt::format("its bias has {} scales, but its weights have {}",
                                                         bias.scale.size(), weights.scale.size()));
  for (size_t c = 0; c < bias.scale.size(); ++c) {
    const double product = input * static_cast<double>(weights.scale[c]);
    if (std::fabs(static_cast<double>(bias.scale[c]) - product) <= kBiasTolerance * product) continue;
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("its bias has the scale {:.6g} in channel {}, but the scales of input and weights multiply "
                            "to {:.6g}",
                            bias.scale[c], c, product));
  }
  return {};
}

Status check_layer(const ir::Node& node, const GraphPlan& plan, const NodePlan& own) {
  const ops::OpDef* def = ops::find(node);
  const auto operands = def != nullptr ? ops::linear_operands(*def) : std::nullopt;
  if (own.treatment != Treatment::kInteger || !operands) return {};
  const Storage* input = read_as(node, plan, own, operands->input);
  const Storage* weights = read_as(node, plan, own, operands->weights);
  const auto& output = plan.values[node.outputs[0]];
  if (input == nullptr || weights == nullptr || !output || !output->is_quantized()) return {};
  const auto in = static_cast<double>(input->scale[0]), out = static_cast<double>(output->scale[0]);
  for (size_t c = 0; c < weights->scale.size(); ++c) {
    const double multiplier = in * static_cast<double>(weights->scale[c]) / out;
    if (multiplier < kMultiplierEnd && multiplier >= kLeastMultiplier) continue;
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("input scale * weight scale / output scale is {:.6g} in channel {}; kernels take 2^-32 to "
                            "below 256",
                            multiplier, c));
  }
  const Storage* bias = read_as(node, plan, own, operands->bias);
  return bias == nullptr ? Status{} : check_bias(*bias, *weights, in);
}

}  // namespace

Status check_scales(const ir::Module& module, const QuantPlan& plan) {
  for (size_t g = 0; g < module.graphs.size(); ++g) {
    const ir::Graph& graph = module.graphs[g];
    for (size_t n = 0; n < graph.nodes.size(); ++n) {
      Status status = check_layer(graph.nodes[n], plan.graphs[g], plan.graphs[g].nodes[n]);
      if (!status) return in_context(std::move(status).error(), "plan: " + ir::label(graph, graph.nodes[n]));
    }
  }
  return {};
}

Status check_finite(const ir::Graph& graph, ir::ValueId id) {
  const auto values = graph.constant(id).values<float>();
  const auto place = find_non_finite(values);
  if (!place) return {};
  return fail(ErrorCode::kInvalidModel,
              fmt::format("{} holds {} at element {} of {}, which no integer stands for", shown_name(graph, id),
                          std::isnan(values[*place]) ? "NaN" : "infinity", *place, values.size()),
              "mend the float model, or leave the operator that reads it float: `keep_float`");
}

}  // namespace pestle::quant
