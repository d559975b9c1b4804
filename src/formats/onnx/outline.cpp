#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "formats/onnx/mapping.h"
#include "formats/onnx/onnx.h"

namespace pestle::formats::onnx {
namespace {

std::string type_name(codec::OnnxType type) {
  const auto dtype = dtype_of(type);
  return dtype ? dtype_name(*dtype) : fmt::format("ONNX type {}", static_cast<int>(type));
}

Outline::Tensor tensor_of(const codec::OnnxValueInfo& info) {
  Outline::Tensor tensor{info.name, info.is_tensor ? type_name(info.type) : "no tensor", {}, info.has_shape};
  std::vector<int64_t> extents;
  for (const codec::OnnxDimension& dim : info.dims) extents.push_back(dim.value.value_or(kUnknown));
  tensor.shape = Shape(std::move(extents));
  return tensor;
}

std::string description_of(const codec::OnnxModel& model) {
  std::string text = "from ONNX";
  if (!model.producer.empty()) text += fmt::format(", {} {}", model.producer, model.producer_version);
  for (const codec::OnnxOpset& opset : model.opsets) {
    text += opset.domain.empty() ? fmt::format(", operator set {}", opset.version)
                                 : fmt::format(", {} {}", opset.domain, opset.version);
  }
  return text;
}

std::vector<Outline::Operator> operators_of(const codec::OnnxGraph& graph) {
  std::map<std::string, Outline::Operator> uses;
  for (const codec::OnnxNode& node : graph.nodes) {
    const std::string name = node.domain.empty() ? node.op_type : node.domain + "." + node.op_type;
    Outline::Operator& use = uses[name];
    use.name = name;
    ++use.count;
    use.is_known = find_mapping(node.domain, node.op_type) != nullptr;
  }
  std::vector<Outline::Operator> sorted;
  for (auto& [name, use] : uses) sorted.push_back(std::move(use));
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.count > b.count; });
  return sorted;
}

}  // namespace

Result<Outline> outline(const Bytes& file) {
  PESTLE_ASSIGN(const codec::OnnxModel model, codec::read_onnx(file));
  Outline outline;
  outline.format = "onnx";
  outline.description = description_of(model);
  const auto is_weight = [&](const std::string& name) {
    return std::any_of(model.graph.initializers.begin(), model.graph.initializers.end(),
                       [&](const codec::OnnxTensor& tensor) { return tensor.name == name; });
  };
  for (const codec::OnnxValueInfo& input : model.graph.inputs) {
    if (!is_weight(input.name)) outline.inputs.push_back(tensor_of(input));
  }
  for (const codec::OnnxValueInfo& output : model.graph.outputs) outline.outputs.push_back(tensor_of(output));
  outline.operators = operators_of(model.graph);
  for (const codec::OnnxTensor& tensor : model.graph.initializers) {
    ++outline.weights;
    outline.weight_bytes += tensor.external ? tensor.external->length.value_or(0) : tensor.data.size();
  }
  return outline;
}

}  // namespace pestle::formats::onnx
