// Tile -> TILE. Before operator set 6: copies along one axis, both of them operands.
#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<std::vector<int64_t>> read_repeats(NodeContext& node) {
  if (!node.is_before(6)) return node.ints(1, "repeats");
  const auto single = [&](int i, const char* what) -> Result<int64_t> {
    PESTLE_ASSIGN(const auto values, node.floats(i, what));
    if (values.size() != 1 || !(values[0] >= -64 && values[0] <= 1 << 24))
      return fail(ErrorCode::kInvalidModel, "its copies are absurd");
    return static_cast<int64_t>(values[0]);
  };
  PESTLE_ASSIGN(const int64_t tiles, single(1, "number of copies"));
  PESTLE_ASSIGN(const int64_t along, single(2, "axis"));
  PESTLE_ASSIGN(const int axis, node.axis(along, node.rank(0)));
  std::vector<int64_t> repeats(node.rank(0), 1);
  repeats[axis] = tiles;
  return repeats;
}

Result<ValueIds> map(NodeContext& node) {
  PESTLE_ASSIGN(const auto repeats, read_repeats(node));
  if (static_cast<int>(repeats.size()) != node.rank(0))
    return fail(ErrorCode::kInvalidModel, "its repeats are not one an axis");
  return one(node.emit().emit("TILE", {node.input(0), node.emit().ints(repeats)}));
}

}  // namespace

const Mapping& map_tile() {
  static const Mapping mapping = {{"Tile"}, 2, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
