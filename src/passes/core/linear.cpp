#include "passes/core/linear.h"

#include "ops/core/registry.h"
#include "passes/core/edit.h"

namespace pestle::passes {
namespace {

std::optional<size_t> operand_with(const std::vector<ops::OperandRule>& rules, ops::Role role) {
  for (size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].role == role) return i;
  }
  return std::nullopt;
}

bool is_plain_constant(const ir::Value& value) {
  return value.is_constant() && !value.sparsity && value.type.dtype == DType::kFloat32;
}

}  // namespace

std::optional<Linear> linear_of(const ir::Graph& graph, const ir::Node& node) {
  const ops::OpDef* def = ops::find(node);
  if (def == nullptr || node.outputs.size() != 1) return std::nullopt;
  const auto filter = operand_with(def->quantization.inputs, ops::Role::kWeight);
  const auto bias = operand_with(def->quantization.inputs, ops::Role::kBias);
  if (!filter || !bias || !has_input(node, *filter) || !is_unquantized(graph, node)) return std::nullopt;
  const ir::Value& w = graph.values[node.inputs[*filter]];
  const int axis = def->quantization.inputs[*filter].axis;
  const Shape& y = graph.values[node.outputs[0]].type.shape;
  if (!is_plain_constant(w) || axis < 0 || axis >= w.type.shape.rank() || y.rank() == 0) return std::nullopt;
  const int64_t channels = w.type.shape[axis];
  if (channels != y.back(0)) return std::nullopt;
  if (has_input(node, *bias)) {
    const ir::Value& b = graph.values[node.inputs[*bias]];
    if (!is_plain_constant(b) || b.type.shape.elements() != channels) return std::nullopt;
  }
  return Linear{*filter, *bias, axis, channels};
}

int64_t inner_elements(const Shape& filter, int axis) {
  int64_t inner = 1;
  for (int i = axis + 1; i < filter.rank(); ++i) inner *= filter[i];
  return inner;
}

void set_filter(ir::Rewriter& rewriter, ir::Node& node, const Linear& linear, const std::vector<float>& values) {
  const ir::Value& old = rewriter.graph().values[node.inputs[linear.filter]];
  node.inputs[linear.filter] = add_floats(rewriter, std::string(old.name), Shape(old.type.shape), values);
}

void set_bias(ir::Rewriter& rewriter, ir::Node& node, const Linear& linear, const std::vector<float>& values) {
  const ir::Graph& graph = rewriter.graph();
  const std::string name = has_input(node, linear.bias) ? graph.values[node.inputs[linear.bias]].name
                                                        : graph.values[node.outputs[0]].name + "/bias";
  if (node.inputs.size() <= linear.bias) node.inputs.resize(linear.bias + 1, ir::kNoValue);
  node.inputs[linear.bias] = add_floats(rewriter, name, {linear.channels}, values);
}

std::vector<float> bias_of(const ir::Graph& graph, const ir::Node& node, const Linear& linear) {
  if (!has_input(node, linear.bias)) return std::vector<float>(static_cast<size_t>(linear.channels));
  return *float_constant(graph, node.inputs[linear.bias]);
}

}  // namespace pestle::passes
