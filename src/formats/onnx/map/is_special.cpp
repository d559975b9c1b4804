// IsNaN, IsInf -> comparisons: a NaN is not equal to itself.
#include <limits>

#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  Formula f(node.emit());
  const ValueId x = node.input(0);
  if (node.op_type() == "IsNaN") return f.result(f.op("NOT_EQUAL", {x, x}));
  const bool negative = node.integer("detect_negative", 1) != 0, positive = node.integer("detect_positive", 1) != 0;
  const float infinity = std::numeric_limits<float>::infinity();
  if (negative && positive) return f.result(f.op("EQUAL", {f.op("ABS", {x}), f.number(infinity)}));
  if (!negative && !positive) return f.result(f.op("LESS", {f.op("ABS", {x}), f.number(0)}));
  return f.result(f.op("EQUAL", {x, f.number(negative ? -infinity : infinity)}));
}

}  // namespace

const Mapping& map_is_special() {
  static const Mapping mapping = {{"IsNaN", "IsInf"}, 1, map, true};
  return mapping;
}

}  // namespace pestle::formats::onnx
