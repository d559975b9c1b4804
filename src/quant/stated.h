// What a graph says of its own quantization: QUANTIZE and DEQUANTIZE around operators on reals, and constants with a
// grid, as quantized ONNX files and networks trained with simulated quantization have them. Such a graph needs no data:
// its plan has the scales, zero points and weights that it states.
#pragma once

#include <optional>

#include "base/status.h"
#include "ir/graph.h"
#include "quant/plan.h"

namespace pestle::quant {

struct Stated {
  ir::Module module;  // on reals, without the conversions
  QuantPlan plan;     // of it
};

// True if take_stated() gives something.
bool states_quantization(const ir::Module& module);

// Nothing where a module states no quantization, or reads codes otherwise than as reals. Nodes whose operands lack
// parameters, or that have no integer kernel, stay float, with the reason. Activations are int8 (codes of uint8 shifted
// by 128, which is exact), or uint8 in graphs with weights that are not symmetric.
Result<std::optional<Stated>> take_stated(const ir::Module& module);

}  // namespace pestle::quant
