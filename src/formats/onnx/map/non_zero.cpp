// NonZero -> WHERE, whose rows are places; ONNX has them as columns.
#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  Formula f(node.emit());
  return f.result(f.transpose(f.op("WHERE", {node.input(0)}), {1, 0}));
}

}  // namespace

const Mapping& map_non_zero() {
  static const Mapping mapping = {{"NonZero"}, 1, map, true};
  return mapping;
}

}  // namespace pestle::formats::onnx
