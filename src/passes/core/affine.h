// Elementwise arithmetic with a constant, read as y[..., c] = factor[c] * x[..., c] + offset[c].
#pragma once

#include <optional>
#include <vector>

#include "ir/graph.h"

namespace pestle::passes {

struct Affine {
  ir::ValueId x = ir::kNoValue;
  std::vector<float> factor;  // empty: 1
  std::vector<float> offset;  // empty: 0
  bool divides = false;       // x / factor instead: a quotient is not the product with a rounded reciprocal
  bool negates = false;       // offset - x
};

// The node as an Affine over the last axis: arithmetic (MUL, DIV, ADD, SUB) in float32 of a value and a constant that
// is a scalar or varies along the last axis only, the result having the shape of the value. The fused activation is
// ignored.
std::optional<Affine> affine_of(const ir::Graph& graph, const ir::Node& node);

}  // namespace pestle::passes
