#include "formats/onnx/functions.h"

#include <algorithm>

namespace pestle::formats::onnx {
namespace {

using Attributes = std::vector<codec::OnnxAttribute>;

const codec::OnnxAttribute* find(const Attributes& attributes, const std::string& name) {
  const auto found = std::find_if(attributes.begin(), attributes.end(), [&](const auto& a) { return a.name == name; });
  return found == attributes.end() ? nullptr : &*found;
}

class Binder {
 public:
  Binder(const codec::OnnxFunction& function, const codec::OnnxNode& call) : function_(function), call_(call) {}

  // The codec bounds how deep graphs are nested.
  void bind(std::vector<codec::OnnxNode>& nodes) const {
    for (codec::OnnxNode& node : nodes) {
      Attributes bound;
      for (codec::OnnxAttribute& attribute : node.attributes) {
        for (codec::OnnxGraph& graph : attribute.graphs) bind(graph.nodes);
        if (attribute.reference.empty()) {
          bound.push_back(std::move(attribute));
        } else if (const codec::OnnxAttribute* value = value_of(attribute.reference)) {
          bound.push_back(*value);
          bound.back().name = attribute.name;
        }
      }
      node.attributes = std::move(bound);
    }
  }

 private:
  const codec::OnnxAttribute* value_of(const std::string& name) const {
    const codec::OnnxAttribute* given = find(call_.attributes, name);
    return given != nullptr ? given : find(function_.defaults, name);
  }

  const codec::OnnxFunction& function_;
  const codec::OnnxNode& call_;
};

std::vector<codec::OnnxValueInfo> infos(const std::vector<std::string>& names) {
  std::vector<codec::OnnxValueInfo> list(names.size());
  for (size_t i = 0; i < names.size(); ++i) list[i].name = names[i];
  return list;
}

}  // namespace

const codec::OnnxFunction* find_function(const codec::OnnxModel& model, const codec::OnnxNode& call) {
  for (const codec::OnnxFunction& function : model.functions) {
    if (function.name == call.op_type && function.domain == call.domain && function.overload == call.overload)
      return &function;
  }
  return nullptr;
}

codec::OnnxGraph body_for(const codec::OnnxFunction& function, const codec::OnnxNode& call) {
  codec::OnnxGraph body;
  body.name = function.name;
  body.nodes = function.nodes;
  body.inputs = infos(function.inputs);
  body.outputs = infos(function.outputs);
  Binder(function, call).bind(body.nodes);
  return body;
}

}  // namespace pestle::formats::onnx
