#include "passes/layout/wishes.h"

#include <algorithm>

#include "ops/core/registry.h"
#include "passes/core/edit.h"

namespace pestle::passes {
namespace {

void add_wish(Wish& wish, const std::optional<Permutation>& permutation) {
  ++wish.readers;
  if (!permutation) return;
  if (wish.permutation && *wish.permutation != *permutation) wish.is_split = true;
  wish.permutation = permutation;
}

// What a node that may pass a permutation on asks of an operand of rank `rank`.
std::optional<Permutation> passed_on(const Wish& output, int output_rank, int rank) {
  const Permutation* wanted = output.agreed();
  if (wanted == nullptr || rank != output_rank) return std::nullopt;
  return *wanted;
}

std::optional<Permutation> wish_for(const ir::Graph& graph, const ir::Node& node, size_t input, const Wish& output) {
  if (const auto permutation = transpose_of(graph, node)) {
    if (input != 0 || output.agreed() == nullptr) return std::nullopt;
    return compose(inverse(*permutation), *output.agreed());
  }
  if (node.is("RESHAPE")) return std::nullopt;
  const ops::OpDef* def = ops::find(node);
  if (def == nullptr || def->layout.kind == ops::LayoutKind::kBlocks) return Permutation{};
  if (node.outputs.empty() || node.outputs[0] == ir::kNoValue) return std::nullopt;
  return passed_on(output, graph.values[node.outputs[0]].type.shape.rank(),
                   graph.values[node.inputs[input]].type.shape.rank());
}

}  // namespace

std::optional<Permutation> transpose_of(const ir::Graph& graph, const ir::Node& node) {
  if (!node.is("TRANSPOSE")) return std::nullopt;
  const auto values = int_constant(graph, node.inputs[1]);
  if (!values) return std::nullopt;
  const int rank = graph.values[node.inputs[0]].type.shape.rank();
  Permutation permutation;
  for (int64_t axis : *values) {
    const auto resolved = resolve_axis(axis, rank);
    if (!resolved || std::find(permutation.begin(), permutation.end(), *resolved) != permutation.end())
      return std::nullopt;
    permutation.push_back(*resolved);
  }
  if (static_cast<int>(permutation.size()) != rank) return std::nullopt;
  return normal(std::move(permutation));
}

std::vector<Wish> find_wishes(const ir::Graph& graph) {
  std::vector<Wish> wishes(graph.values.size());
  for (ir::ValueId id : graph.outputs) add_wish(wishes[id], Permutation{});
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    const bool has_output = !node->outputs.empty() && node->outputs[0] != ir::kNoValue;
    const Wish output = has_output ? wishes[node->outputs[0]] : Wish{};
    for (size_t i = 0; i < node->inputs.size(); ++i) {
      const ir::ValueId id = node->inputs[i];
      if (id == ir::kNoValue || graph.values[id].is_constant()) continue;
      add_wish(wishes[id], wish_for(graph, *node, i, output));
    }
  }
  return wishes;
}

}  // namespace pestle::passes
