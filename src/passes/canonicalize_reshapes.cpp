//   SQUEEZE, EXPAND_DIMS      =>      RESHAPE (operand: the target shape)
//   RESHAPE -> RESHAPE        =>      RESHAPE
// where the shape of the result is known but for at most one extent. One name for "the same elements under another
// shape" is what the passes after this, kernels and people look for.
#include <algorithm>

#include "ops/core/option.h"
#include "ops/core/registry.h"
#include "passes/core/edit.h"
#include "passes/passes.h"

namespace pestle::passes {
namespace {

bool is_reshaping(const ir::Graph& graph, const ir::Node& node) {
  if (!ops::traits_of(node).is_copy) return false;
  if (node.is("RESHAPE") && has_input(node, 1) && !graph.values[node.inputs[1]].is_constant()) return false;
  const Shape y = known_shape(graph.values[node.outputs[0]]);
  return std::count(y.begin(), y.end(), kUnknown) <= 1 && std::count(y.begin(), y.end(), 0) == 0;
}

bool has_constant_target(const ir::Graph& graph, const ir::Node& node) {
  return node.is("RESHAPE") && (has_input(node, 1) && graph.values[node.inputs[1]].is_constant());
}

void become_reshape(ir::Rewriter& rewriter, ir::Node& node) {
  const ir::Graph& graph = rewriter.graph();
  if (!has_constant_target(graph, node)) {
    const ir::Value& y = graph.values[node.outputs[0]];
    const Shape known = known_shape(y);
    const std::vector<int64_t> target(known.begin(), known.end());
    const ir::ValueId shape = add_ints(rewriter, y.name + "/shape", {static_cast<int64_t>(target.size())}, target);
    node.inputs = {node.inputs[0], shape};
    node.op = "RESHAPE";
    node.options_record.clear();
    node.version = 0;
  }
  node.attributes = {};
}

// Reads what the RESHAPE before read.
void skip_reshape_before(ir::Rewriter& rewriter, ir::Node& node) {
  const ir::Node* before = rewriter.producer(node.inputs[0]);
  if (before == nullptr || !before->is("RESHAPE")) return;
  ir::merge_sources(node.sources, before->sources);
  node.inputs[0] = before->inputs[0];
}

}  // namespace

// A RESHAPE that is read by nobody any more is left to remove_dead_nodes.
Status canonicalize_reshapes(ir::Module& module, PassContext&) {
  for (ir::Graph& graph : module.graphs) {
    ir::Rewriter rewriter(graph);
    for (ir::Node& node : rewriter.take_nodes()) {
      if (is_reshaping(graph, node)) {
        become_reshape(rewriter, node);
        skip_reshape_before(rewriter, node);
      }
      rewriter.emit(std::move(node));
    }
    rewriter.finish();
  }
  return {};
}

}  // namespace pestle::passes
