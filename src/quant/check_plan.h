// Whether a plan fits a module, so that apply() can trust it: made for this very graph, and every number stored in a
// way that kernels read.
#pragma once

#include "base/status.h"
#include "ir/graph.h"
#include "quant/plan.h"

namespace pestle::quant {

Status check_plan(const ir::Module& module, const QuantPlan& plan);

// Whether kernels can compute with the scales of layers with weights: input scale * weight scale / output scale below
// 256 and at least 2^-32 for every channel, as the multipliers of TFLite's delegates are, and bias scales that are
// input scale * weight scale. For plans that somebody may have edited. The error names the node.
Status check_scales(const ir::Module& module, const QuantPlan& plan);

// A weight, bias or other constant that is to be stored as integers must hold no NaN or infinity.
Status check_finite(const ir::Graph& graph, ir::ValueId id);

}  // namespace pestle::quant
