// Tile -> TILE.
#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  PESTLE_ASSIGN(const auto repeats, node.ints(1, "repeats"));
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
