// For tests: ONNX graphs as the structs that a file would be read into.
#pragma once

#include <string>
#include <vector>

#include "codec/onnx.h"
#include "ir/graph.h"

namespace pestle::formats::onnx::testing {

inline codec::OnnxNode node(const char* op, std::vector<std::string> inputs, std::vector<std::string> outputs) {
  codec::OnnxNode made;
  made.op_type = op;
  made.inputs = std::move(inputs);
  made.outputs = std::move(outputs);
  return made;
}

inline codec::OnnxValueInfo info(const char* name, const std::vector<int64_t>& dims,
                                 codec::OnnxType type = codec::OnnxType::kFloat) {
  codec::OnnxValueInfo made;
  made.name = name;
  made.is_tensor = made.has_shape = true;
  made.type = type;
  for (int64_t dim : dims) made.dims.push_back({dim, {}});
  return made;
}

struct Input {
  const char* name;
  std::vector<int64_t> dims;
};

inline codec::OnnxGraph graph_of(std::vector<codec::OnnxNode> nodes, const std::vector<Input>& inputs,
                                 const std::vector<const char*>& outputs) {
  codec::OnnxGraph graph;
  graph.nodes = std::move(nodes);
  for (const Input& input : inputs) graph.inputs.push_back(info(input.name, input.dims));
  for (const char* output : outputs) graph.outputs.push_back(info(output, {}));
  return graph;
}

// One output, "y".
inline codec::OnnxModel model_of(std::vector<codec::OnnxNode> nodes, const std::vector<Input>& inputs) {
  codec::OnnxModel model;
  model.opsets = {{"", 14}};
  model.graph = graph_of(std::move(nodes), inputs, {"y"});
  return model;
}

template <typename T>
codec::OnnxTensor tensor(const char* name, codec::OnnxType type, std::vector<int64_t> dims,
                         const std::vector<T>& values) {
  codec::OnnxTensor made;
  made.name = name;
  made.type = type;
  made.dims = std::move(dims);
  made.data = Bytes::copy_of(std::as_bytes(std::span(values)));
  return made;
}

inline codec::OnnxTensor floats(const char* name, std::vector<int64_t> dims, const std::vector<float>& values) {
  return tensor(name, codec::OnnxType::kFloat, std::move(dims), values);
}

inline codec::OnnxTensor truth(const char* name, bool value) {
  return tensor<uint8_t>(name, codec::OnnxType::kBool, {}, {value});
}

inline codec::OnnxAttribute graph_attribute(const char* name, codec::OnnxGraph graph) {
  codec::OnnxAttribute made;
  made.name = name;
  made.kind = codec::OnnxAttribute::Kind::kGraph;
  made.graphs = {std::move(graph)};
  return made;
}

inline codec::OnnxAttribute float_attribute(const char* name, float value) {
  codec::OnnxAttribute made;
  made.name = name;
  made.kind = codec::OnnxAttribute::Kind::kFloat;
  made.floats = {value};
  return made;
}

inline codec::OnnxAttribute int_attribute(const char* name, int64_t value) {
  codec::OnnxAttribute made;
  made.name = name;
  made.kind = codec::OnnxAttribute::Kind::kInt;
  made.ints = {value};
  return made;
}

inline std::vector<std::string> operators(const ir::Module& module, size_t graph) {
  std::vector<std::string> names;
  for (const ir::Node& each : module.graphs[graph].nodes) names.push_back(each.op);
  return names;
}

}  // namespace pestle::formats::onnx::testing
