// How people name inputs and outputs (--input NAME=FILE, names in written .npz files): by the tensor's name, by the
// name that a signature gives it, with or without "serving_default_" in front and ":0" behind, or by place ("#0").
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "ir/graph.h"

namespace pestle::flows {

// The position among the inputs of the main graph. A name that fits none or several of them is an error that lists
// the names there are.
Result<size_t> find_input(const ir::Module& module, std::string_view name);

// One distinct name for each of the values: the tensor's own, or `fallback`_<place> where it has none or shares it.
std::vector<std::string> distinct_names(const ir::Graph& graph, std::span<const ir::ValueId> values,
                                        std::string_view fallback);

}  // namespace pestle::flows
