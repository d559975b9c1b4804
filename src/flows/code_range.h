// What the codes of a quantized type stand for: the real numbers that it can hold.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "ir/graph.h"

namespace pestle::flows {

struct CodeRange {
  double low = 0, high = 0, step = 0;
};

// Nothing for types that are not quantized with one scale.
std::optional<CodeRange> code_range(const ir::Type& type);
// Of a graph input, or of the form that it is converted to.
std::optional<CodeRange> input_range(const ir::Graph& graph, ir::ValueId input);
// Values that a range cannot hold, to half a step.
size_t count_beyond(std::span<const float> values, const CodeRange& range);

}  // namespace pestle::flows
