// Nodes that multiply by constant weights and add a bias, as the operators' quantization rules mark them: which operand
// is the filter, along which axis it counts output channels, which is the bias.
#pragma once

#include <optional>

#include "ir/rewriter.h"

namespace pestle::passes {

struct Linear {
  size_t filter = 0;
  size_t bias = 0;
  int channel_axis = 0;  // of the filter; the output's is the last one
  int64_t channels = 0;
};

// Only nodes in float32 with a constant filter, and no bias or a constant one.
std::optional<Linear> linear_of(const ir::Graph& graph, const ir::Node& node);

// Elements of the filter that belong to one channel: element i belongs to channel i / inner % channels.
int64_t inner_elements(const Shape& filter, int axis);

// Gives the node a filter or a bias of its own (other nodes may share the old one).
void set_filter(ir::Rewriter& rewriter, ir::Node& node, const Linear& linear, const std::vector<float>& values);
void set_bias(ir::Rewriter& rewriter, ir::Node& node, const Linear& linear, const std::vector<float>& values);
// The bias, or zeros.
std::vector<float> bias_of(const ir::Graph& graph, const ir::Node& node, const Linear& linear);

}  // namespace pestle::passes
