// Transpose -> TRANSPOSE. Without a permutation the axes are reversed.
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  std::vector<int64_t> reversed;
  for (int axis = node.rank(0) - 1; axis >= 0; --axis) reversed.push_back(axis);
  PESTLE_ASSIGN(const auto order, node.axes(node.integers("perm", reversed), node.rank(0)));
  if (order.size() != reversed.size()) return fail(ErrorCode::kInvalidModel, "its permutation has the wrong length");
  return one(node.emit().transpose(node.input(0), order));
}

}  // namespace

const Mapping& map_transpose() {
  static const Mapping mapping = {{"Transpose"}, 1, map, true};
  return mapping;
}

}  // namespace pestle::formats::onnx
