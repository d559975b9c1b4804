// The activations that recurrent cells are described with, by name.
#pragma once

#include <string>
#include <vector>

#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {

struct CellActivation {
  std::string name;  // in lower case
  float alpha = 0, beta = 0;
  float clip = 0;  // its operand is brought into [-clip, clip]; 0: no bound
};

// The node's attributes "activations", "activation_alpha", "activation_beta" and "clip": as many as `defaults` has for
// each direction, direction by direction.
Result<std::vector<CellActivation>> read_activations(NodeContext& node, const std::vector<const char*>& defaults,
                                                     int64_t directions);

ValueId activate(Formula& f, const CellActivation& activation, ValueId x);

}  // namespace pestle::formats::onnx
