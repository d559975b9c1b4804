// apply(Module, QuantPlan): the only road from floats to integers. Every node gets its operands as the plan says they
// are stored; where a value is stored otherwise than a reader wants it, a QUANTIZE or DEQUANTIZE stands between.
#pragma once

#include "base/status.h"
#include "ir/graph.h"
#include "quant/plan.h"

namespace pestle::quant {

struct Applied {
  ir::Module module;
  // By graph and position in the source graph: position in the new graph.
  std::vector<std::vector<size_t>> node_of;
};

// Fails for a plan that was made for another module, or that stores numbers as no kernel reads them. Names, order and
// meaning of inputs, outputs and signatures stay.
Result<Applied> apply(const ir::Module& module, const QuantPlan& plan);

}  // namespace pestle::quant
