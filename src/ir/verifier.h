// Checks that a Module is well formed: indices in range, one producer a value, values computed before they are
// read, constants of the size their type says, every node with sources, signatures that fit. Operators check
// themselves (ops/core).
#pragma once

#include "ir/graph.h"

namespace pestle::ir {

Status verify(const Module& module);
// All that verify() would say, in the order of graphs and nodes, but at most `most` findings.
std::vector<Error> find_problems(const Module& module, size_t most);

}  // namespace pestle::ir
