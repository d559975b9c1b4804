// Replaces nodes by constants.
#pragma once

#include "base/status.h"
#include "ir/graph.h"

namespace pestle::passes {

// Folds the nodes that `wanted` accepts and whose result is known, but those that compute graph outputs: such an output
// may also come of the shape of an input through several nodes. A node whose reference refuses its operands stays; the
// run will tell.
Status fold_nodes(ir::Graph& graph, bool (*wanted)(const ir::Graph&, const ir::Node&));

}  // namespace pestle::passes
