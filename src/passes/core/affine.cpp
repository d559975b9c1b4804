#include "passes/core/affine.h"

#include <algorithm>
#include <cmath>

#include "ops/core/registry.h"
#include "passes/core/edit.h"

namespace pestle::passes {
namespace {

// A constant that varies along the last axis of `shape` only, one value a channel.
std::optional<std::vector<float>> per_channel(const ir::Graph& graph, ir::ValueId id, const Shape& shape) {
  const Shape& own = graph.values[id].type.shape;
  if (!graph.values[id].is_constant() || shape.rank() == 0 || own.rank() > shape.rank()) return std::nullopt;
  const int64_t channels = shape.back(0);
  const auto elements = checked_elements(own);
  if (channels <= 0 || !elements || (*elements != 1 && (*elements != channels || own.back(0) != channels)))
    return std::nullopt;
  auto values = float_constant(graph, id);
  if (!values || !std::all_of(values->begin(), values->end(), [](float v) { return std::isfinite(v); }))
    return std::nullopt;
  if (*elements == 1) values->assign(static_cast<size_t>(channels), values->front());
  return values;
}

}  // namespace

std::optional<Affine> affine_of(const ir::Graph& graph, const ir::Node& node) {
  const ops::Arithmetic arithmetic = ops::traits_of(node).arithmetic;
  if (arithmetic == ops::Arithmetic::kNone || !is_unquantized(graph, node)) return std::nullopt;
  const bool divides = arithmetic == ops::Arithmetic::kDivide, subtracts = arithmetic == ops::Arithmetic::kSubtract;
  const bool scales = divides || arithmetic == ops::Arithmetic::kMultiply;
  const bool constant_first = graph.values[node.inputs[0]].is_constant();
  if (constant_first && divides) return std::nullopt;
  Affine affine;
  affine.x = node.inputs[constant_first ? 1 : 0];
  const ir::Type& y = graph.values[node.outputs[0]].type;
  if (y.dtype != DType::kFloat32 || !(graph.values[affine.x].type.shape == y.shape)) return std::nullopt;
  if (y.shape.rank() > 0 && known_shape(graph.values[affine.x]).back(0) == kUnknown) return std::nullopt;
  auto values = per_channel(graph, node.inputs[constant_first ? 0 : 1], y.shape);
  if (!values) return std::nullopt;
  affine.divides = divides;
  affine.negates = subtracts && constant_first;
  if (divides && std::find(values->begin(), values->end(), 0.0f) != values->end()) return std::nullopt;
  if (subtracts && !constant_first) std::transform(values->begin(), values->end(), values->begin(), std::negate<>());
  (scales ? affine.factor : affine.offset) = std::move(*values);
  return affine;
}

}  // namespace pestle::passes
