// All operators that Pestle knows, in the order of their names.
#pragma once

#include <span>
#include <string_view>

#include "ops/core/op_def.h"

namespace pestle::ops {

std::span<const OpDef* const> all();
// The operator of that name, or null. Custom operators are found by their own name.
const OpDef* find(std::string_view name);
// The operator that a node computes, or null: a custom operator that bears the name of a builtin one is unknown.
const OpDef* find(const ir::Node& node);

// Arity, type row and infer() of a node; sets the output types. Errors name the operand.
Status infer_node(const OpDef& def, Inference& inference);

// Operands that the operator's rule calls quantized, if stored in 8- or 16-bit integers, carry usable scales: finite,
// positive, one or as many as the axis is long, zero points in range.
Status check_quantization(const OpDef& def, const NodeView& view);

// The types of a node's outputs, from the types of its inputs and the contents of constants as they stand in the graph.
Result<std::vector<ir::Type>> infer_types(const OpDef& def, const ir::Graph& graph, const ir::Node& node);

// Checks every node that has an OpDef against its operands; nodes without one are passed over.
Status check_graph(const ir::Graph& graph);
// The same for one node, with check_quantization.
Status check_node(const ir::Graph& graph, const ir::Node& node);

}  // namespace pestle::ops
