// QuantPlan: how every number of a model is stored. Data, never code: it holds no pointer into a graph. Places are
// those of the canonical graph that it was chosen for (the fingerprint tells): node positions and value ids; its JSON
// form names values by the node and output that computes them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "quant/parameters.h"

namespace pestle::quant {

enum class Treatment : uint8_t {
  kFloat,    // computes in float32; operands listed below are stored in fewer bits and dequantized before
  kHybrid,   // float activations; the kernel reads the operands listed below as they are stored
  kInteger,  // computes in integers
  kNeutral,  // has no real numbers to store (shapes, indices)
};

struct NodePlan {
  Treatment treatment = Treatment::kFloat;
  std::string reason;                  // why it is not integer, where that was wanted
  std::map<int, Storage> operands;     // input index -> storage at this use: constants, and values read otherwise than
                                       // they are stored
  std::vector<Storage> intermediates;  // of an integer node: parameters of the values inside it
};

struct GraphPlan {
  std::vector<NodePlan> nodes;
  std::vector<std::optional<Storage>> values;  // by value id: storage of activations that some integer node touches
  std::vector<Storage> inputs, outputs;        // what the graph's own inputs and outputs are stored as
};

struct QuantPlan {
  std::string mode;
  std::string fingerprint;
  std::vector<GraphPlan> graphs;
};

}  // namespace pestle::quant
