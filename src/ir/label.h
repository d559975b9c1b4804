// How errors and reports name a node: by operator and first source node, "CONV_2D 'features/conv1'". Importers say the
// same of operators of the source model, whose nodes stand in no graph yet (operation_label in base/text.h).
#pragma once

#include <string>

#include "ir/graph.h"

namespace pestle::ir {

// A node without sources goes by its first output, or else by its place in the graph. The node need not be valid.
std::string label(const Graph& graph, const Node& node);

}  // namespace pestle::ir
