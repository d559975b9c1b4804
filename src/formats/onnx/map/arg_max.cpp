// ArgMax, ArgMin -> ARG_MAX, ARG_MIN, which take the first of equal values, and a RESHAPE where the axis stays. The
// last of equal values is the first of the reversed axis. Indices are int64, as in the source.
#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  PESTLE_ASSIGN(const int axis, node.axis(node.integer("axis", 0), node.rank(0)));
  const bool takes_last = node.integer("select_last_index", 0) != 0;
  Formula f(node.emit());
  const ValueId x = takes_last ? f.op("REVERSE_V2", {node.input(0), f.ints({axis})}) : node.input(0);
  if (f.failed()) return f.result(x);
  const char* op = node.op_type() == "ArgMax" ? "ARG_MAX" : "ARG_MIN";
  OpSpec spec{op, {x, node.emit().integer(axis)}, {{"output_type", "INT64"}}};
  spec.types = {ir::Type{DType::kInt64, {}, nullptr}};
  PESTLE_ASSIGN(const auto found, node.emit().emit_all(std::move(spec)));
  const ValueId y = takes_last ? f.sub(f.int64s({node.shape(0)[axis] - 1}), found[0]) : found[0];
  if (node.integer("keepdims", 1) == 0) return f.result(y);
  Shape kept = node.shape(0);
  kept[axis] = 1;
  return f.result(f.reshape(y, kept));
}

}  // namespace

const Mapping& map_arg_max() {
  static const Mapping mapping = {{"ArgMax", "ArgMin"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
