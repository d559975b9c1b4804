// The way in which passes change a graph: the old nodes are taken out, walked in order, and each is emitted again,
// changed, replaced or left out. One walk is linear in the graph, and the order of execution stays right because a
// node can only read what was emitted before it.
//
//   Rewriter rewriter(graph);
//   for (Node& node : rewriter.take_nodes()) {
//     if (superfluous(node)) rewriter.replace(node.outputs[0], rewriter.resolve(node.inputs[0]), node.sources);
//     else rewriter.emit(std::move(node));
//   }
//   rewriter.finish();
#pragma once

#include <span>
#include <string>
#include <vector>

#include "ir/graph.h"

namespace pestle::ir {

class Rewriter {
 public:
  explicit Rewriter(Graph& graph);

  std::vector<Node> take_nodes() { return std::move(graph_.nodes); }
  Graph& graph() { return graph_; }

  // What stands for a value now, after all replacements.
  ValueId resolve(ValueId value) const;
  // Reads of a value by nodes and graph outputs, in the graph as it stands after all replacements.
  int uses(ValueId value) const { return uses_[resolve(value)]; }
  // The emitted node that computes a value, or null (inputs, constants, nodes not emitted yet). Valid until the
  // next emit().
  Node* producer(ValueId value);

  // A new intermediate value of the given type.
  ValueId add_value(std::string name, Type type);
  ValueId add_constant(std::string name, const ConstTensorView& view);
  ValueId add_constant(std::string name, Type type, Bytes bytes);

  // Appends the node, its inputs resolved. A node that is new (not taken from the graph) is counted as a reader
  // of its inputs only if `is_new`.
  void emit(Node node, bool is_new = false);
  // All reads of `old` become reads of `now`. A graph output keeps its name: `now` takes it over, unless `now` is
  // itself an input, output or constant; then replace() refuses and returns false, and nothing has changed.
  // `sources` are added to the sources of the node that computes `now`, which from here on stands for them too.
  bool replace(ValueId old, ValueId now, std::span<const std::string> sources = {});
  // Node `node` is left out for good: it no longer counts as a reader of its inputs.
  void drop_reads(const Node& node);

  // Puts the new nodes into the graph. Values that nothing mentions are removed by remove_unused_values().
  void finish();

 private:
  void grow();
  Graph& graph_;
  std::vector<Node> emitted_;
  mutable std::vector<ValueId> forward_;
  std::vector<int> uses_;
  std::vector<int> producer_;
};

// Removes values that no node, graph input or output, signature or block scale mentions, and renumbers the rest.
void remove_unused_values(Module& module);

// Adds names that are not there yet, in order.
void merge_sources(std::vector<std::string>& into, std::span<const std::string> more);

}  // namespace pestle::ir
