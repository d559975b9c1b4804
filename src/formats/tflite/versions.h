// Versions of operators and the runtimes that have them. Inner header of formats/tflite.
#pragma once

#include <string_view>

#include "ir/graph.h"

namespace pestle::formats::tflite {

// What Node::options_record says of an operator that a file gave no options table at all.
inline constexpr std::string_view kNoOptions = "NONE";

// The node's own version, or (0) the smallest that its operator's rules allow; 1 for operators that nobody knows.
int version_of(const ir::Graph& graph, const ir::Node& node);

}  // namespace pestle::formats::tflite
