// Walks the nodes of an ONNX graph in order and has each mapped; so too those of the graphs and functions that nodes
// hold or call.
#pragma once

#include <deque>
#include <optional>

#include "formats/import_options.h"
#include "formats/onnx/mapping.h"
#include "formats/onnx/nesting.h"
#include "formats/onnx/refusals.h"
#include "formats/onnx/scope.h"

namespace pestle::formats::onnx {

class Importer final : private Nesting {
 public:
  Importer(const codec::OnnxModel& model, const ImportOptions& options);
  Result<ir::Module> import();

 private:
  Result<ValueIds> import_graph(const codec::OnnxGraph& source, Frame& into, const ValueIds& inputs) override;
  int64_t add_graph(ir::Graph graph) override;
  const ImportOptions& options() const override { return options_; }
  Mark mark() const override { return {refusals_.size(), graphs_.size(), is_reported_}; }
  void return_to(const Mark& mark) override;

  Status check_model() const;
  Status pay_for(const ir::Graph& graph, size_t first_new);
  void import_nodes(const std::vector<const codec::OnnxNode*>& nodes);
  void import_node(const codec::OnnxNode& node);
  Result<ValueIds> map_node(const codec::OnnxNode& node);
  Result<ValueIds> call_function(const codec::OnnxFunction& function, const codec::OnnxNode& node);
  Result<ValueIds> import_into(Scope& scope, const codec::OnnxGraph& source, const ValueIds& inputs);
  std::vector<std::string> ends_before(const codec::OnnxNode& node) const;
  Status bind_graph_inputs();
  Status bind_graph_outputs(const std::vector<std::string>& names);
  ir::Signature make_signature();

  const codec::OnnxModel& model_;
  const ImportOptions& options_;
  std::deque<codec::OnnxNode> idioms_;  // nodes that stand for several of the source
  Frame main_;
  std::vector<ir::Graph> graphs_{1};  // the first is main_'s in the end
  Refusals refusals_;
  bool is_reported_ = false;   // why the current node fails stands in refusals_
  size_t nodes_ = 0;           // walked over so far, and a bound for what little files can unfold to
  size_t constant_bytes_ = 0;  // made by nodes, and a bound for them
  size_t most_constant_bytes_;
  int depth_ = 0;
  Scope* scope_ = nullptr;  // of the current node
  std::string prefix_;      // of the names of nodes: "If_3/"
};

}  // namespace pestle::formats::onnx
