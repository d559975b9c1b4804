// QuantPlan <-> JSON: readable, editable, replayable. Nodes and values are named by their place in the canonical graph
// (position of the node, index of the output) and, for people, by name.
#pragma once

#include "base/json.h"
#include "base/status.h"
#include "ir/graph.h"
#include "quant/plan.h"

namespace pestle::quant {

Json plan_to_json(const QuantPlan& plan, const ir::Module& module);

// The plan for this module: places, types and numbers of scales are checked against it, so that apply() can trust it.
Result<QuantPlan> plan_from_json(const Json& json, const ir::Module& module);

}  // namespace pestle::quant
