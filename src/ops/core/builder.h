// Builds graphs node by node: properties are checked, output types inferred, and nodes whose result is known are
// folded at once with the operator's reference, because importers need the result (shape arithmetic).
#pragma once

#include <string>
#include <vector>

#include "ops/core/op_def.h"

namespace pestle::ops {

// A node to be: everything but the outputs, which the builder makes.
struct NodeSpec {
  const OpDef* def = nullptr;
  std::vector<ir::ValueId> inputs;
  ir::Node properties;               // attributes, set through option handles
  std::vector<std::string> names;    // names of the outputs; missing ones stay empty
  std::vector<std::string> sources;  // names of the source nodes; at least one
  int outputs = 1;
  bool folds = true;  // into a constant, where the result is known
  // For operators whose output dtype is not given by the inputs (QUANTIZE) or whose output is quantized.
  std::vector<ir::Type> output_types;
};

class Builder {
 public:
  explicit Builder(ir::Graph& graph) : graph_(graph) {}

  ir::Graph& graph() { return graph_; }
  const ir::Value& value(ir::ValueId id) const { return graph_.values[id]; }
  ir::ValueId constant(const std::string& name, const ConstTensorView& view) { return graph_.add_constant(name, view); }
  ir::ValueId ints(const std::string& name, const std::vector<int32_t>& values);  // int32 [n]

  // Appends the node, or its folded result; returns the outputs.
  Result<std::vector<ir::ValueId>> add(NodeSpec spec);

 private:
  ir::Graph& graph_;
};

// Result sizes up to which constants are folded, in bytes.
inline constexpr size_t kFoldLimit = size_t{64} << 20;

// The outputs of a node whose inputs are all constants (and which is not random and has no side effects), computed
// by the operator's reference; nothing if they are not, or the result would exceed kFoldLimit. Where the operator
// depends on the shape of input 0 only, a static shape is enough.
Result<std::optional<std::vector<Tensor>>> fold(const OpDef& def, const ir::Graph& graph, const ir::Node& node);

// The grid of a folded result: that of input 0 where the operator only selects and moves elements.
std::shared_ptr<const ir::Quantization> folded_grid(const OpDef& def, const ir::Graph& graph, const ir::Node& node);

// Runs a node's reference on given operands. Output types must be static.
Result<std::vector<Tensor>> evaluate(const OpDef& def, const ir::Node& node, std::span<const InputOperand> inputs,
                                     std::span<const ir::Type> output_types,
                                     std::span<const ir::Type> intermediates = {});

}  // namespace pestle::ops
