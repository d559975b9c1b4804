#include "formats/onnx/free_names.h"

#include <unordered_set>

namespace pestle::formats::onnx {
namespace {

class Reader {
 public:
  void read(const codec::OnnxNode& node) {
    for (const std::string& input : node.inputs) add(input);
    for (const codec::OnnxAttribute& attribute : node.attributes) {
      for (const codec::OnnxGraph& graph : attribute.graphs) read(graph);
    }
  }
  std::vector<std::string> take() { return std::move(names_); }

 private:
  // Names of a graph hide those of the graphs around it.
  void read(const codec::OnnxGraph& graph) {
    Reader inner;
    for (const codec::OnnxNode& node : graph.nodes) inner.read(node);
    for (const codec::OnnxValueInfo& output : graph.outputs) inner.add(output.name);
    std::unordered_set<std::string> own;
    for (const codec::OnnxValueInfo& input : graph.inputs) own.insert(input.name);
    for (const codec::OnnxTensor& tensor : graph.initializers) own.insert(tensor.name);
    for (const codec::OnnxNode& node : graph.nodes) own.insert(node.outputs.begin(), node.outputs.end());
    for (const std::string& name : inner.names_) {
      if (!own.contains(name)) add(name);
    }
  }

  void add(const std::string& name) {
    if (!name.empty() && seen_.insert(name).second) names_.push_back(name);
  }

  std::vector<std::string> names_;
  std::unordered_set<std::string> seen_;
};

}  // namespace

std::vector<std::string> names_read_by(const codec::OnnxNode& node) {
  Reader reader;
  reader.read(node);
  return reader.take();
}

}  // namespace pestle::formats::onnx
