#include "ir/verifier.h"

#include <fmt/core.h>

#include "ir/label.h"

namespace pestle::ir {
namespace {

Failure invalid(std::string message) { return fail(ErrorCode::kInvalidModel, std::move(message)); }

Status check_range(const Graph& graph, const std::vector<ValueId>& ids, bool optional, const char* what) {
  for (ValueId id : ids) {
    if (id == kNoValue && optional) continue;
    if (id < 0 || static_cast<size_t>(id) >= graph.values.size()) {
      return invalid(fmt::format("{} refers to value {} of {}", what, id, graph.values.size()));
    }
  }
  return {};
}

Status check_constant(const Value& value, ValueId id) {
  if (!value.is_constant() || value.sparsity || dtype_bits(value.type.dtype) == 0) return {};
  const auto elements = checked_elements(value.type.shape);
  if (!elements) return invalid(fmt::format("constant {} (\"{}\") has no definite size", id, value.name));
  const size_t wanted = storage_bytes(value.type.dtype, *elements);
  if (value.data->size() != wanted) {
    return invalid(fmt::format("constant {} (\"{}\") of type {} {} holds {} bytes, expected {}", id, value.name,
                               dtype_name(value.type.dtype), to_string(value.type.shape), value.data->size(), wanted));
  }
  return {};
}

Status check_node(const Graph& graph, const Node& node, std::vector<bool>& known) {
  PESTLE_TRY(check_range(graph, node.inputs, true, "an input"));
  PESTLE_TRY(check_range(graph, node.outputs, true, "an output"));
  PESTLE_TRY(check_range(graph, node.intermediates, true, "an intermediate"));
  if (node.op.empty()) return invalid("the operator has no name");
  if (node.sources.empty()) return invalid("the node names no source node");
  for (ValueId id : node.inputs) {
    if (id != kNoValue && !known[id]) {
      return invalid(fmt::format("input {} (\"{}\") is read before it is computed", id, graph.values[id].name));
    }
  }
  for (ValueId id : node.outputs) {
    if (id == kNoValue) continue;
    if (known[id]) return invalid(fmt::format("output {} (\"{}\") is computed twice", id, graph.values[id].name));
    known[id] = true;
  }
  return {};
}

// What is found wrong, up to a number of findings.
class Findings {
 public:
  explicit Findings(size_t most) : most_(most) {}
  bool full() const { return errors_.size() >= most_; }
  void add(Status status, const std::string& where) {
    if (!status && !full()) errors_.push_back(in_context(std::move(status).error(), where).value());
  }
  std::vector<Error> take() { return std::move(errors_); }

 private:
  size_t most_;
  std::vector<Error> errors_;
};

void check_nodes(const Graph& graph, const std::string& where, std::vector<bool>& known, Findings& findings) {
  for (size_t i = 0; i < graph.nodes.size() && !findings.full(); ++i) {
    const Node& node = graph.nodes[i];
    findings.add(check_node(graph, node, known), fmt::format("{}: {}", where, label(graph, node)));
    // So that one wrong node does not make all that read it look wrong.
    for (ValueId id : node.outputs) {
      if (id >= 0 && static_cast<size_t>(id) < known.size()) known[id] = true;
    }
  }
}

void check_graph(const Graph& graph, Findings& findings) {
  const std::string where = fmt::format("graph \"{}\"", graph.name);
  const Status inputs = check_range(graph, graph.inputs, false, "the list of inputs");
  const Status outputs = check_range(graph, graph.outputs, false, "the list of outputs");
  findings.add(inputs, where);
  findings.add(outputs, where);
  if (!inputs || !outputs) return;
  std::vector<bool> known(graph.values.size());
  for (size_t i = 0; i < graph.values.size(); ++i) {
    const Value& value = graph.values[i];
    known[i] = value.is_constant() || value.is_variable;
    findings.add(check_constant(value, static_cast<ValueId>(i)), where);
  }
  for (ValueId id : graph.inputs) known[id] = true;
  check_nodes(graph, where, known, findings);
  for (ValueId id : graph.outputs) {
    if (!known[id])
      findings.add(invalid(fmt::format("output {} (\"{}\") is never computed", id, graph.values[id].name)), where);
  }
}

Status check_signature(const Module& module, const Signature& signature) {
  if (signature.graph < 0 || static_cast<size_t>(signature.graph) >= module.graphs.size()) {
    return invalid(fmt::format("refers to graph {}", signature.graph));
  }
  const auto count = static_cast<ValueId>(module.graphs[signature.graph].values.size());
  for (const auto* entries : {&signature.inputs, &signature.outputs}) {
    for (const auto& entry : *entries) {
      if (entry.value < 0 || entry.value >= count)
        return invalid(fmt::format("\"{}\" refers to value {}", entry.name, entry.value));
    }
  }
  return {};
}

}  // namespace

std::vector<Error> find_problems(const Module& module, size_t most) {
  Findings findings(most);
  for (const Graph& graph : module.graphs) check_graph(graph, findings);
  for (const Signature& signature : module.signatures) {
    findings.add(check_signature(module, signature), fmt::format("signature \"{}\"", signature.key));
  }
  return findings.take();
}

Status verify(const Module& module) {
  std::vector<Error> problems = find_problems(module, 1);
  return problems.empty() ? Status() : Status(Failure(std::move(problems[0])));
}

}  // namespace pestle::ir
