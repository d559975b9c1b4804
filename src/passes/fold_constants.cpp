//   constants -> node -> x      =>      constant -> x
// with the operators' references. Bounded: a result may take a mebibyte, or twice what its operands take, so that a
// FILL or TILE of a big tensor does not end up in the file. Nodes with quantized operands are left alone.
#include "passes/core/edit.h"
#include "passes/core/fold.h"
#include "passes/passes.h"

namespace pestle::passes {
namespace {

constexpr size_t kSmall = size_t{1} << 20;

size_t bytes_of(const ir::Graph& graph, ir::ValueId id) {
  const ir::Type& type = graph.values[id].type;
  const auto elements = checked_elements(type.shape);
  return elements ? storage_bytes(type.dtype, *elements) : 0;
}

bool is_worth_folding(const ir::Graph& graph, const ir::Node& node) {
  if (!is_unquantized(graph, node)) return false;
  size_t operands = 0, results = 0;
  for (ir::ValueId id : node.inputs) operands += id == ir::kNoValue ? 0 : bytes_of(graph, id);
  for (ir::ValueId id : node.outputs) results += id == ir::kNoValue ? 0 : bytes_of(graph, id);
  return results <= kSmall || results / 2 <= operands;
}

}  // namespace

Status fold_constants(ir::Module& module, PassContext&) {
  for (ir::Graph& graph : module.graphs) PESTLE_TRY(fold_nodes(graph, is_worth_folding));
  return {};
}

}  // namespace pestle::passes
