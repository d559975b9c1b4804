//   AVERAGE_POOL_2D over the whole image                 =>      MEAN(1, 2; keep_dims)
//   MEAN(keep_dims) -> RESHAPE that drops these axes     =>      MEAN
// Float only: MEAN and the pool round integers differently. One form for what exporters write in three ways.
#include <algorithm>

#include "ops/core/pool.h"
#include "ops/core/reduce.h"
#include "passes/core/edit.h"
#include "passes/passes.h"

namespace pestle::passes {
namespace {

bool is_global_pool(const ir::Graph& graph, const ir::Node& node) {
  if (!node.is("AVERAGE_POOL_2D") || !is_unquantized(graph, node)) return false;
  const Shape x = known_shape(graph.values[node.inputs[0]]);
  const Shape y = known_shape(graph.values[node.outputs[0]]);
  return y[1] == 1 && y[2] == 1 && ops::kFilterH(node) == x[1] && ops::kFilterW(node) == x[2] &&
         ops::kFusedActivation(node) == ops::FusedActivation::kNone;
}

void become_mean(ir::Rewriter& rewriter, ir::Node& node) {
  const std::string name = rewriter.graph().values[node.outputs[0]].name + "/axes";
  node.op = "MEAN";
  node.version = 0;
  node.options_record.clear();
  node.attributes = {};
  ops::kKeepDims.set(node, true);
  node.inputs = {node.inputs[0], add_ints(rewriter, name, {2}, {1, 2})};
}

// The shape of a MEAN's result without the axes of extent 1 that keep_dims left.
std::optional<Shape> dropped_shape(const ir::Graph& graph, const ir::Node& mean) {
  const auto axes = int_constant(graph, mean.inputs[1]);
  const Shape x = known_shape(graph.values[mean.inputs[0]]);
  const auto reduced = axes ? ops::reduced_axes(*axes, x.rank()) : std::nullopt;
  if (!reduced) return std::nullopt;
  Shape y;
  for (int axis = 0; axis < x.rank(); ++axis) {
    if (!(*reduced)[axis]) y.push_back(x[axis]);
  }
  return y;
}

bool merge_reshape(ir::Rewriter& rewriter, const ir::Node& node) {
  if (!node.is("RESHAPE")) return false;
  ir::Graph& graph = rewriter.graph();
  const ir::ValueId x = rewriter.resolve(node.inputs[0]);
  ir::Node* mean = rewriter.producer(x);
  if (mean == nullptr || !mean->is("MEAN") || rewriter.uses(x) != 1) return false;
  if (!ops::kKeepDims(*mean) || !is_unquantized(graph, *mean)) return false;
  const ir::Value target = graph.values[node.outputs[0]];
  const auto dropped = dropped_shape(graph, *mean);
  if (!dropped || !is_same_shape(*dropped, known_shape(target)) || !fuse_node(rewriter, node, x)) return false;
  ops::kKeepDims.set(*mean, false);
  graph.values[x].type.shape = target.type.shape;
  graph.values[x].signature = target.signature;
  return true;
}

}  // namespace

Status canonicalize_reductions(ir::Module& module, PassContext&) {
  for (ir::Graph& graph : module.graphs) {
    ir::Rewriter rewriter(graph);
    for (ir::Node& node : rewriter.take_nodes()) {
      if (is_global_pool(graph, node)) become_mean(rewriter, node);
      if (!merge_reshape(rewriter, node)) rewriter.emit(std::move(node));
    }
    rewriter.finish();
  }
  return {};
}

}  // namespace pestle::passes
