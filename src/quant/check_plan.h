// Whether a plan fits a module, so that apply() can trust it: made for this very graph, and every number stored in a
// way that kernels read.
#pragma once

#include "base/status.h"
#include "ir/graph.h"
#include "quant/plan.h"

namespace pestle::quant {

Status check_plan(const ir::Module& module, const QuantPlan& plan);

// A weight, bias or other constant that is to be stored as integers must hold no NaN or infinity.
Status check_finite(const ir::Graph& graph, ir::ValueId id);

}  // namespace pestle::quant
