#include "ir/label.h"

#include <algorithm>

#include "base/text.h"

namespace pestle::ir {

std::string label(const Graph& graph, const Node& node) {
  if (!node.sources.empty() && !node.sources[0].empty()) return operation_label(node.op, node.sources[0]);
  for (ValueId id : node.outputs) {
    const bool exists = id >= 0 && static_cast<size_t>(id) < graph.values.size();
    if (exists && !graph.values[id].name.empty()) return operation_label(node.op, graph.values[id].name);
  }
  const auto place = std::find_if(graph.nodes.begin(), graph.nodes.end(), [&](const Node& n) { return &n == &node; });
  if (place == graph.nodes.end()) return operation_label(node.op, "");
  return operation_label(node.op, "operator " + std::to_string(place - graph.nodes.begin()));
}

}  // namespace pestle::ir
