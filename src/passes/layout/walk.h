// One walk over a graph in which TRANSPOSEs are put off (forms.h): each node reads what is stored, its layout rule
// adapting it, until a node needs an operand in the source's order; there the TRANSPOSE is made. Two that meet on the
// way have composed to nothing by then.
#pragma once

#include "passes/layout/forms.h"
#include "passes/layout/wishes.h"
#include "passes/pass.h"

namespace pestle::passes {

// Image inputs (4 axes, all readers want channels last) are changed to NHWC and listed in `relaid` if it is not null.
void sink_transposes(ir::Graph& graph, std::vector<RelaidInput>* relaid);

}  // namespace pestle::passes
