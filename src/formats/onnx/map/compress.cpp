// Compress -> GATHER of the chosen places, which a constant condition names; WHERE finds them otherwise.
#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  Formula f(node.emit());
  ValueId x = node.input(0);
  int axis = 0;
  if (node.has_attribute("axis")) {
    PESTLE_ASSIGN(axis, node.axis(node.integer("axis", 0), node.rank(0)));
  } else {
    x = f.reshape(x, {node.shape(0).elements()});
  }
  const ValueId places = f.cast(f.op("WHERE", {node.input(1)}), DType::kInt32);  // [n, 1]
  const ValueId flat = f.op("SQUEEZE", {places}, {{"squeeze_dims", std::vector<int64_t>{1}}});
  return f.result(f.op("GATHER", {x, flat}, {{"axis", int64_t{axis}}}));
}

}  // namespace

const Mapping& map_compress() {
  static const Mapping mapping = {{"Compress"}, 2, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
