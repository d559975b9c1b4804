// A LayoutEdit (ops/core/rules.h) on a node of a graph: new constants are added to the graph, the node is changed in
// place. Made on a copy of the node, which is thrown away where the rule refuses.
#pragma once

#include <map>

#include "ir/graph.h"
#include "passes/layout/permutation.h"

namespace pestle::passes {

class NodeEdit final : public ops::LayoutEdit {
 public:
  // `types`: of the inputs, in the old order of axes.
  NodeEdit(ir::Graph& graph, ir::Node& node, Permutation permutation, std::vector<ir::Type> types);

  ir::Node& node() override { return node_; }
  const Permutation& permutation() const override { return permutation_; }
  const std::vector<int64_t>* ints(int input) override;
  void set_ints(int input, const Shape& shape, const std::vector<int64_t>& values) override;
  const ir::Type& input_type(int input) const override { return types_[input]; }
  void set_output_permutation(int output, Permutation permutation) override {
    output_permutations[output] = std::move(permutation);
  }

  std::vector<Permutation> output_permutations;

 private:
  ir::Graph& graph_;
  ir::Node& node_;
  Permutation permutation_;
  std::vector<ir::Type> types_;
  std::map<int, std::vector<int64_t>> ints_;
};

}  // namespace pestle::passes
