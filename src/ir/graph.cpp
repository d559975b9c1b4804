#include "ir/graph.h"

#include <algorithm>

namespace pestle::ir {

std::shared_ptr<const Quantization> per_tensor(float scale, int64_t zero_point) {
  auto quantization = std::make_shared<Quantization>();
  quantization->scale = {scale};
  quantization->zero_point = {zero_point};
  return quantization;
}

bool operator==(const Type& a, const Type& b) {
  if (a.dtype != b.dtype || !(a.shape == b.shape)) return false;
  if (!a.quantization || !b.quantization) return a.quantization == b.quantization;
  return *a.quantization == *b.quantization;
}

ValueId Graph::add_value(Value value) {
  values.push_back(std::move(value));
  return static_cast<ValueId>(values.size() - 1);
}

ValueId Graph::add_constant(std::string value_name, const ConstTensorView& view) {
  Value value;
  value.name = std::move(value_name);
  value.type = {view.dtype, view.shape, nullptr};
  value.data = std::make_shared<const Bytes>(Bytes::copy_of(view.bytes));
  return add_value(std::move(value));
}

ConstTensorView Graph::constant(ValueId id) const {
  const Value& value = values[id];
  return {value.type.dtype, value.type.shape, value.data->view()};
}

Shape known_shape(const ir::Value& value) {
  Shape shape = value.type.shape;
  if (static_cast<int>(value.signature.size()) != shape.rank()) return shape;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (value.signature[axis] < 0) shape[axis] = kUnknown;
  }
  return shape;
}

const Bytes* Module::find_metadata(std::string_view name) const {
  for (const auto& [key, bytes] : metadata) {
    if (key == name) return &bytes;
  }
  return nullptr;
}

void Module::set_metadata(std::string_view name, Bytes bytes) {
  for (auto& [key, old] : metadata) {
    if (key == name) {
      old = std::move(bytes);
      return;
    }
  }
  metadata.emplace_back(std::string(name), std::move(bytes));
}

std::vector<int> count_uses(const Graph& graph) {
  std::vector<int> uses(graph.values.size());
  for (const Node& node : graph.nodes) {
    for (ValueId id : node.inputs) {
      if (id != kNoValue) ++uses[id];
    }
  }
  for (ValueId id : graph.outputs) ++uses[id];
  return uses;
}

std::vector<int> find_producers(const Graph& graph) {
  std::vector<int> producers(graph.values.size(), -1);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    for (ValueId id : graph.nodes[i].outputs) {
      if (id != kNoValue) producers[id] = static_cast<int>(i);
    }
  }
  return producers;
}

bool is_input(const Graph& graph, ValueId value) {
  return std::find(graph.inputs.begin(), graph.inputs.end(), value) != graph.inputs.end();
}

bool is_output(const Graph& graph, ValueId value) {
  return std::find(graph.outputs.begin(), graph.outputs.end(), value) != graph.outputs.end();
}

}  // namespace pestle::ir
