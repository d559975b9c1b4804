//   GATHER(x, one index, axis)  ->  RESHAPE that puts the axis back      =>      SLICE
// Exporters take single channels apart so. A SLICE keeps the axes, and thereby follows any layout.
#include "ops/core/option.h"
#include "passes/core/edit.h"
#include "passes/passes.h"

namespace pestle::passes {
namespace {

constexpr ops::IntOption kGatherAxis{"axis", 0};
constexpr ops::IntOption kBatchDims{"batch_dims", 0};

struct Plane {
  ir::ValueId of = ir::kNoValue;
  int axis = 0;
  int64_t index = 0;
};

std::optional<Plane> plane_of(ir::Rewriter& rewriter, const ir::Node& reshape) {
  const ir::Graph& graph = rewriter.graph();
  if (!reshape.is("RESHAPE") || !is_unquantized(graph, reshape)) return std::nullopt;
  const ir::Node* gather = rewriter.producer(reshape.inputs[0]);
  if (gather == nullptr || !gather->is("GATHER") || kBatchDims(*gather) != 0) return std::nullopt;
  const auto index = int_constant(graph, gather->inputs[1]);
  const Shape& x = graph.values[gather->inputs[0]].type.shape;
  if (!index || index->size() != 1 || !x.is_static()) return std::nullopt;
  const int64_t given = kGatherAxis(*gather);
  const auto axis = static_cast<int>(given < 0 ? given + x.rank() : given);
  Shape kept = x;
  kept[axis] = 1;
  if (graph.values[reshape.outputs[0]].type.shape != kept) return std::nullopt;
  return Plane{gather->inputs[0], axis, (*index)[0]};
}

}  // namespace

Status form_slices(ir::Module& module, PassContext&) {
  for (ir::Graph& graph : module.graphs) {
    ir::Rewriter rewriter(graph);
    for (ir::Node& node : rewriter.take_nodes()) {
      const auto plane = plane_of(rewriter, node);
      if (!plane) {
        rewriter.emit(std::move(node));
        continue;
      }
      const Shape kept = graph.values[node.outputs[0]].type.shape;
      std::vector<int64_t> begin(kept.rank(), 0);
      begin[plane->axis] = plane->index;
      rewriter.drop_reads(node);
      node.op = "SLICE";
      node.version = 0;
      node.options_record.clear();
      node.attributes = {};
      node.inputs = {plane->of, add_ints(rewriter, "begin", {kept.rank()}, begin),
                     add_ints(rewriter, "size", {kept.rank()}, {kept.begin(), kept.end()})};
      rewriter.emit(std::move(node), true);
    }
    rewriter.finish();
  }
  return {};
}

}  // namespace pestle::passes
