// Which values of two models are the same layer's: by the name that quantizing keeps ("x", or "x_int8" where a
// converted form of it took the name), else by the source nodes and the place among their outputs.
#pragma once

#include <string>
#include <vector>

#include "ir/graph.h"

namespace pestle::flows {

struct LayerPair {
  ir::ValueId a = ir::kNoValue;
  ir::ValueId b = ir::kNoValue;
  size_t node_a = 0, node_b = 0;  // that compute them
};

// In the order of b's nodes; shapes are equal, no value occurs twice. Conversions (QUANTIZE, DEQUANTIZE) are no layers.
std::vector<LayerPair> match_layers(const ir::Graph& a, const ir::Graph& b);

// "x" of "x_int8" and "x_int8_2".
std::string layer_name(const std::string& value_name);

}  // namespace pestle::flows
