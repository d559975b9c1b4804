// Checks that a Module is well formed: indices in range, one producer a value, values computed before they are
// read, constants of the size their type says, every node with sources, signatures that fit. Operators check
// themselves (ops/core).
#pragma once

#include "ir/graph.h"

namespace pestle::ir {

Status verify(const Module& module);

}  // namespace pestle::ir
