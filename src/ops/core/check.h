// Whether nodes fit their operators: arity, types, shapes, scales. What any room asks before it trusts a graph.
#pragma once

#include <vector>

#include "ops/core/op_def.h"

namespace pestle::ops {

// Arity, type row and infer() of a node; sets the output types. Errors name the operand.
Status infer_node(const OpDef& def, Inference& inference);

// Operands that the operator's rule calls quantized, if stored in 8- or 16-bit integers, carry usable scales: finite,
// positive, one or as many as the axis is long, zero points in range. Operands that are state are variables.
Status check_quantization(const OpDef& def, const NodeView& view);

// The types of a node's outputs, from the types of its inputs and the contents of constants as they stand in the graph.
Result<std::vector<ir::Type>> infer_types(const OpDef& def, const ir::Graph& graph, const ir::Node& node);

// A node with an OpDef against its operands: infer_types() and check_quantization(). One without passes.
Status check_node(const ir::Graph& graph, const ir::Node& node);
// The same for every node of a graph; the error names the node.
Status check_graph(const ir::Graph& graph);

}  // namespace pestle::ops
