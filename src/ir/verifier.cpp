#include "ir/verifier.h"

#include <fmt/core.h>

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

Status check_graph(const Graph& graph) {
  PESTLE_TRY(check_range(graph, graph.inputs, false, "the list of inputs"));
  PESTLE_TRY(check_range(graph, graph.outputs, false, "the list of outputs"));
  std::vector<bool> known(graph.values.size());
  for (size_t i = 0; i < graph.values.size(); ++i) {
    const Value& value = graph.values[i];
    known[i] = value.is_constant() || value.is_variable;
    PESTLE_TRY(check_constant(value, static_cast<ValueId>(i)));
  }
  for (ValueId id : graph.inputs) known[id] = true;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (Status status = check_node(graph, node, known); !status) {
      return in_context(std::move(status).error(), fmt::format("node {} ({})", i, node.op));
    }
  }
  for (ValueId id : graph.outputs) {
    if (!known[id]) return invalid(fmt::format("output {} (\"{}\") is never computed", id, graph.values[id].name));
  }
  return {};
}

}  // namespace

Status verify(const Module& module) {
  for (const Graph& graph : module.graphs) {
    if (Status status = check_graph(graph); !status) {
      return in_context(std::move(status).error(), fmt::format("graph \"{}\"", graph.name));
    }
  }
  for (const Signature& signature : module.signatures) {
    if (signature.graph < 0 || static_cast<size_t>(signature.graph) >= module.graphs.size()) {
      return invalid(fmt::format("signature \"{}\" refers to graph {}", signature.key, signature.graph));
    }
    const auto count = static_cast<ValueId>(module.graphs[signature.graph].values.size());
    for (const auto* entries : {&signature.inputs, &signature.outputs}) {
      for (const auto& entry : *entries) {
        if (entry.value < 0 || entry.value >= count) {
          return invalid(fmt::format("signature \"{}\": \"{}\" refers to value {}", signature.key, entry.name, entry.value));
        }
      }
    }
  }
  return {};
}

}  // namespace pestle::ir
