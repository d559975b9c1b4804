// Weights and biases that hold NaN or infinity: whatever is made of them would be wrong without a word.
#pragma once

#include "base/status.h"
#include "ir/graph.h"

namespace pestle::quant {

// The error names the node, the tensor and its first bad element.
Status check_weights(const ir::Module& module);

}  // namespace pestle::quant
