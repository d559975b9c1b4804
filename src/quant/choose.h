// Chooses a QuantPlan: from the operators' rules, the mode, the statistics and what the user wants.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "ir/graph.h"
#include "quant/mode.h"
#include "quant/plan.h"
#include "quant/statistics.h"

namespace pestle::quant {

struct ChoiceOptions {
  bool per_tensor = false;               // one scale a weight tensor
  int64_t min_elements = 1024;           // dynamic: smaller weights stay float
  std::vector<std::string> keep_float;   // globs over source node names, or "op:NAME"
  std::vector<std::string> allow_float;  // full modes, and strict ones: operators that may stay float
  std::optional<DType> io;               // of inputs and outputs; the mode's own if absent
  std::optional<Storage> input_storage;  // of the only graph input, instead of what its range says
  bool strict = false;                   // an operator that stays float (dynamic, weight-only: with its weights) is
                                         // an error, as in full modes always
};

// `statistics` may be null where the mode needs none. A pattern that matches nothing is an error with the nearest
// names. In strict and full modes all operators that cannot be integer are listed in one error.
Result<QuantPlan> choose(const ir::Module& module, const Mode& mode, const Statistics* statistics,
                         const ChoiceOptions& options);

// A node that stays float where integers were wanted: of itself, or, where only weights are stored, of its weights.
// Errors and reasons name options as ChoiceOptions does, `in_backquotes`.
struct FloatNode {
  std::string name;
  std::string op;
  std::string reason;
};
std::vector<FloatNode> float_nodes(const ir::Module& module, const QuantPlan& plan);

}  // namespace pestle::quant
