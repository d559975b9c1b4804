#include "ops/core/builder.h"

#include "ops/core/check.h"
#include "ops/core/registry.h"

namespace pestle::ops {
namespace {

KnownOperand known_operand(const ir::Graph& graph, ir::ValueId id) {
  if (id == ir::kNoValue) return {};
  const ir::Value& value = graph.values[id];
  return {&value.type, value.is_constant() && !value.sparsity ? value.data->data() : nullptr};
}

}  // namespace

ir::ValueId Builder::ints(const std::string& name, const std::vector<int32_t>& values) {
  const std::span<const int32_t> span(values);
  return graph_.add_constant(name, {DType::kInt32, Shape{static_cast<int64_t>(values.size())}, std::as_bytes(span)});
}

Result<std::vector<ir::ValueId>> Builder::add(NodeSpec spec) {
  ir::Node node = std::move(spec.properties);
  node.op = spec.def->name;
  node.inputs = std::move(spec.inputs);
  node.sources = std::move(spec.sources);
  std::vector<KnownOperand> operands;
  for (ir::ValueId id : node.inputs) operands.push_back(known_operand(graph_, id));
  spec.output_types.resize(spec.outputs);
  Inference inference(node, std::move(operands), spec.output_types);
  inference.set_intermediates(NodeView(graph_, node).intermediates());
  PESTLE_TRY(infer_node(*spec.def, inference));
  std::vector<ir::Type> types = inference.take_outputs();
  spec.names.resize(types.size());
  for (size_t i = 0; i < types.size(); ++i) {
    ir::Value value;
    value.name = spec.names[i];
    value.type = types[i];
    node.outputs.push_back(graph_.add_value(std::move(value)));
  }
  std::optional<std::vector<Tensor>> folded;
  if (spec.folds) {
    PESTLE_ASSIGN(folded, fold(*spec.def, graph_, node));
  }
  std::vector<ir::ValueId> outputs = node.outputs;
  if (folded) {
    const auto grid = folded_grid(*spec.def, graph_, node);
    for (size_t i = 0; i < outputs.size(); ++i) {
      ir::Value& value = graph_.values[outputs[i]];
      value.type.shape = (*folded)[i].shape();
      value.data = std::make_shared<const Bytes>(Bytes::copy_of((*folded)[i].view().bytes));
      value.grid = grid;
    }
  } else {
    graph_.nodes.push_back(std::move(node));
  }
  return outputs;
}

Result<std::optional<std::vector<Tensor>>> fold(const OpDef& def, const ir::Graph& graph, const ir::Node& node) {
  const std::optional<std::vector<Tensor>> no;
  if (def.evaluate == nullptr || def.traits.is_random || def.traits.has_side_effects || node.inputs.empty()) return no;
  if (keeps_state(def)) return no;
  if (!check_quantization(def, NodeView(graph, node))) return no;
  std::vector<InputOperand> inputs;
  for (ir::ValueId id : node.inputs) {
    if (id == ir::kNoValue) {
      inputs.push_back({});
      continue;
    }
    const ir::Value& value = graph.values[id];
    if (inputs.empty() && def.traits.depends_on_shape_only && value.type.shape.is_static()) {
      inputs.push_back({&value.type, nullptr});
      continue;
    }
    if (!value.is_constant() || value.sparsity) return no;
    inputs.push_back({&value.type, value.data->data()});
  }
  std::vector<ir::Type> types;
  for (ir::ValueId id : node.outputs) {
    types.push_back(graph.values[id].type);
    const auto elements = checked_elements(types.back().shape);
    if (!elements || storage_bytes(types.back().dtype, *elements) > kFoldLimit) return no;
  }
  PESTLE_ASSIGN(auto outputs, evaluate(def, node, inputs, types));
  return std::optional(std::move(outputs));
}

std::shared_ptr<const ir::Quantization> folded_grid(const OpDef& def, const ir::Graph& graph, const ir::Node& node) {
  if (node.inputs.empty() || node.inputs[0] == ir::kNoValue) return nullptr;
  const bool shares = rule_of(def.quantization.inputs, 0).role == Role::kShared &&
                      rule_of(def.quantization.outputs, 0).role == Role::kShared;
  return shares ? graph.values[node.inputs[0]].grid : nullptr;
}

Result<std::vector<Tensor>> evaluate(const OpDef& def, const ir::Node& node, std::span<const InputOperand> inputs,
                                     std::span<const ir::Type> output_types, std::span<const ir::Type> intermediates) {
  std::vector<Tensor> tensors;
  for (const ir::Type& type : output_types) tensors.emplace_back(type.dtype, type.shape);
  std::vector<OutputOperand> outputs;
  for (size_t i = 0; i < tensors.size(); ++i) outputs.push_back({&output_types[i], tensors[i].view().bytes.data()});
  PESTLE_TRY(def.evaluate({node, inputs, outputs, intermediates}));
  return tensors;
}

}  // namespace pestle::ops
