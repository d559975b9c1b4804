// Gather -> GATHER. Constant indices become int32, and those that count from the end (which TFLite refuses) are
// resolved; computed ones are wrapped.
#include "formats/onnx/indices.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueId> resolved_indices(NodeContext& node, int64_t extent) {
  PESTLE_ASSIGN(const auto indices, node.ints(1, "indices"));
  std::vector<int32_t> narrow;
  for (int64_t index : indices) {
    if (index < -extent || index >= extent) return fail(ErrorCode::kInvalidModel, "an index is outside its input");
    narrow.push_back(static_cast<int32_t>(index < 0 ? index + extent : index));
  }
  return node.emit().constant({DType::kInt32, node.shape(1), std::as_bytes(std::span<const int32_t>(narrow))});
}

Result<ValueIds> map(NodeContext& node) {
  PESTLE_ASSIGN(const int axis, node.axis(node.integer("axis", 0), node.rank(0)));
  Formula f(node.emit());
  ValueId indices = ir::kNoValue;
  if (node.is_constant(1)) {
    PESTLE_ASSIGN(indices, resolved_indices(node, node.shape(0)[axis]));
  } else {
    indices = wrapped(f, node.input(1), std::max<int64_t>(node.shape(0)[axis], 1));
  }
  return f.result(f.op("GATHER", {node.input(0), indices}, {{"axis", axis}}));
}

}  // namespace

const Mapping& map_gather() {
  static const Mapping mapping = {{"Gather"}, 2, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
