// Which outputs are scores of classes, so that the place of the largest value is an answer and can agree with another
// model's: one row of numbers, that is a single axis longer than 1. Outputs of detectors and integers are none.
#pragma once

#include <cstddef>
#include <optional>

#include "ir/graph.h"

namespace pestle::flows {

bool is_class_scores(const ir::Graph& graph, size_t output);
// The first such output; nothing if there is none.
std::optional<size_t> first_class_scores(const ir::Graph& graph);

}  // namespace pestle::flows
