#include "quant/check_weights.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "ir/label.h"
#include "ops/core/registry.h"

namespace pestle::quant {
namespace {

Status check_constant(const ir::Graph& graph, const ir::Node& node, int operand) {
  if (operand >= static_cast<int>(node.inputs.size()) || node.inputs[operand] == ir::kNoValue) return {};
  const ir::ValueId id = node.inputs[operand];
  const ir::Value& value = graph.values[id];
  if (!value.is_constant() || value.sparsity || value.type.dtype != DType::kFloat32) return {};
  const auto numbers = graph.constant(id).values<float>();
  const auto bad = std::find_if(numbers.begin(), numbers.end(), [](float v) { return !std::isfinite(v); });
  if (bad == numbers.end()) return {};
  const char* what = std::isnan(*bad) ? "NaN" : "infinity";
  auto error =
      Error{ErrorCode::kInvalidModel,
            fmt::format("\"{}\" holds {} at element {} of {}", value.name, what, bad - numbers.begin(), numbers.size()),
            "the float model is at fault: export it again, or train it again with a lower learning rate",
            {}};
  return in_context(std::move(error), ir::label(graph, node));
}

}  // namespace

Status check_weights(const ir::Module& module) {
  for (const ir::Graph& graph : module.graphs) {
    for (const ir::Node& node : graph.nodes) {
      const ops::OpDef* def = ops::find(node);
      const auto operands = def == nullptr ? std::nullopt : ops::linear_operands(*def);
      if (!operands) continue;
      PESTLE_TRY(check_constant(graph, node, operands->weights));
      PESTLE_TRY(check_constant(graph, node, operands->bias));
    }
  }
  return {};
}

}  // namespace pestle::quant
