// Why a layer of a quantized model lost what it lost, from its numbers and its node.
#pragma once

#include <string>

#include "ir/graph.h"

namespace pestle::flows {

struct LayerEvidence {
  std::string name;
  double saturation = 0;  // share of values beyond the range
  double typical_steps =
      0;  // root mean square of the original's values, in steps of the layer's scale; 0: not quantized
};

struct Diagnosis {
  std::string why;   // one clause
  std::string mend;  // an imperative: what to do
};

Diagnosis diagnose(const ir::Graph& graph, const ir::Node& node, const LayerEvidence& evidence);

}  // namespace pestle::flows
