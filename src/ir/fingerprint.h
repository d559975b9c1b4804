// Fingerprints of a Module: 16 hexadecimal digits that say whether a document (a plan, statistics) belongs to it.
#pragma once

#include <string>

#include "ir/graph.h"

namespace pestle::ir {

// What the graphs look like: operators, properties, connections, types; no names, no contents of constants.
std::string structure_fingerprint(const Module& module);

}  // namespace pestle::ir
