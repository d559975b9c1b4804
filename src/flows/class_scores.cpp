#include "flows/class_scores.h"

#include <algorithm>

namespace pestle::flows {
namespace {

bool is_detector(const ir::Graph& graph) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(), [](const ir::Node& node) {
    return node.op.find("Detection_PostProcess") != std::string::npos || node.op.starts_with("NON_MAX_SUPPRESSION");
  });
}

}  // namespace

bool is_class_scores(const ir::Graph& graph, size_t output) {
  const ir::Type& type = graph.values[graph.outputs[output]].type;
  const bool real = type.dtype == DType::kFloat32 || type.dtype == DType::kFloat16 || is_quantized_storage(type.dtype);
  if (!real || is_detector(graph)) return false;
  int axes = 0;
  for (int i = 0; i < type.shape.rank(); ++i) axes += type.shape[i] > 1 ? 1 : 0;
  return axes == 1 && type.shape.elements() > 1;
}

std::optional<size_t> first_class_scores(const ir::Graph& graph) {
  for (size_t output = 0; output < graph.outputs.size(); ++output) {
    if (is_class_scores(graph, output)) return output;
  }
  return std::nullopt;
}

}  // namespace pestle::flows
