#include "passes/layout/node_edit.h"

#include "passes/core/edit.h"

namespace pestle::passes {

NodeEdit::NodeEdit(ir::Graph& graph, ir::Node& node, Permutation permutation, std::vector<ir::Type> types)
    : output_permutations(node.outputs.size(), permutation),
      graph_(graph),
      node_(node),
      permutation_(std::move(permutation)),
      types_(std::move(types)) {}

const std::vector<int64_t>* NodeEdit::ints(int input) {
  if (!has_input(node_, static_cast<size_t>(input))) return nullptr;
  auto values = int_constant(graph_, node_.inputs[input]);
  if (!values) return nullptr;
  return &(ints_[input] = std::move(*values));
}

void NodeEdit::set_ints(int input, const Shape& shape, const std::vector<int64_t>& values) {
  const ir::Value& old = graph_.values[node_.inputs[input]];
  const std::string name = old.name;
  if (old.type.dtype == DType::kInt64) {
    const std::span<const int64_t> wide(values);
    node_.inputs[input] = graph_.add_constant(name, {DType::kInt64, shape, std::as_bytes(wide)});
    return;
  }
  const std::vector<int32_t> narrow(values.begin(), values.end());
  const std::span<const int32_t> span(narrow);
  node_.inputs[input] = graph_.add_constant(name, {DType::kInt32, shape, std::as_bytes(span)});
}

}  // namespace pestle::passes
