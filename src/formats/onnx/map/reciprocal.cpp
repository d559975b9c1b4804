// Reciprocal -> DIV(1, x).
#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  Formula f(node.emit());
  return f.result(f.div(f.number(1), node.input(0)));
}

}  // namespace

const Mapping& map_reciprocal() {
  static const Mapping mapping = {{"Reciprocal"}, 1, map, true};
  return mapping;
}

}  // namespace pestle::formats::onnx
