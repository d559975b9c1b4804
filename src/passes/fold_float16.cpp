//   constant float16 -> DEQUANTIZE -> x      =>      constant float32 -> x
// float16 files store weights so; the numbers are the same, and every other pass and kernel wants float32.
#include "ops/core/builder.h"
#include "ops/core/registry.h"
#include "passes/core/edit.h"
#include "passes/core/fold.h"
#include "passes/passes.h"

namespace pestle::passes {
namespace {

bool widens_float16(const ir::Graph& graph, const ir::Node& node) {
  if (!node.is("DEQUANTIZE") || !has_input(node, 0)) return false;
  const ir::Value& x = graph.values[node.inputs[0]];
  return x.is_constant() && x.type.dtype == DType::kFloat16;
}

}  // namespace

Status fold_float16(ir::Module& module, PassContext&) {
  for (ir::Graph& graph : module.graphs) PESTLE_TRY(fold_nodes(graph, widens_float16));
  return {};
}

}  // namespace pestle::passes
