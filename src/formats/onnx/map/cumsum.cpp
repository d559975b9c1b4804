// CumSum -> CUMSUM.
#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  Formula f(node.emit());
  PESTLE_ASSIGN(const auto given, node.ints(1, "axis"));
  if (given.size() != 1) return fail(ErrorCode::kInvalidModel, "its axis is no single number");
  PESTLE_ASSIGN(const int axis, node.axis(given[0], node.rank(0)));
  return f.result(
      f.op("CUMSUM", {node.input(0), node.emit().integer(axis)},
           {{"exclusive", node.integer("exclusive", 0) != 0}, {"reverse", node.integer("reverse", 0) != 0}}));
}

}  // namespace

const Mapping& map_cumsum() {
  static const Mapping mapping = {{"CumSum"}, 2, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
