// What passes ask of nodes and constants again and again.
#pragma once

#include <optional>
#include <vector>

#include "ir/rewriter.h"
#include "ops/core/op_def.h"

namespace pestle::passes {

// True if no operand of the node stands for reals through scales: only then may a pass calculate.
bool is_unquantized(const ir::Graph& graph, const ir::Node& node);

bool has_input(const ir::Node& node, size_t i);

// True if two shapes are the same in every run: equal, and at most one extent unknown.
bool is_same_shape(const Shape& a, const Shape& b);

// Contents of a constant operand; nothing if it is absent, not constant, or of another kind (float32; integers).
std::optional<std::vector<float>> float_constant(const ir::Graph& graph, ir::ValueId id);
std::optional<std::vector<int64_t>> int_constant(const ir::Graph& graph, ir::ValueId id);

ir::ValueId add_floats(ir::Rewriter& rewriter, std::string name, const Shape& shape, const std::vector<float>& values);
ir::ValueId add_ints(ir::Rewriter& rewriter, std::string name, const Shape& shape, const std::vector<int64_t>& values);

// Leaves out node `gone` of one output: `kept` takes its place. False if that is not possible (a graph output cannot be
// an input); then nothing has changed and the node must be emitted.
bool replace_node(ir::Rewriter& rewriter, const ir::Node& gone, ir::ValueId kept);

// Likewise, but the node that computes `kept` was changed to compute what `gone` did: its value takes gone's name.
bool fuse_node(ir::Rewriter& rewriter, const ir::Node& gone, ir::ValueId kept);

}  // namespace pestle::passes
