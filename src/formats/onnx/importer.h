// Walks the nodes of an ONNX graph in order and has each mapped; keeps the table from source names to values.
#pragma once

#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "formats/import_options.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {

class Importer {
 public:
  Importer(const codec::OnnxModel& model, const ImportOptions& options);
  Result<ir::Module> import();

 private:
  struct Refusal {
    const codec::OnnxNode* node;
    Error error;
  };

  Status check_model() const;
  int64_t opset_of(const std::string& domain) const;
  // The value of a source name: a constant is made when it is first asked for.
  Result<ValueId> value_of(const std::string& name);
  void import_node(const codec::OnnxNode& node);
  Result<ValueIds> map_node(const codec::OnnxNode& node);
  void bind_outputs(const codec::OnnxNode& node, const ValueIds& outputs, size_t first_new);
  Error refusals_error(size_t nodes) const;
  Status bind_graph_outputs(const std::vector<std::string>& names);
  ir::Signature make_signature() const;

  const codec::OnnxModel& model_;
  const ImportOptions& options_;
  ir::Graph graph_;
  Emitter emit_;
  std::unordered_map<std::string, const codec::OnnxTensor*> initializers_;
  std::unordered_map<std::string, ValueId> values_;
  std::unordered_set<std::string> missing_;  // outputs of nodes that were refused, and what depends on them
  std::vector<Refusal> refusals_;
};

}  // namespace pestle::formats::onnx
