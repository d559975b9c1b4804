// ArgMax, ArgMin -> ARG_MAX, ARG_MIN, and a RESHAPE where the axis stays. Indices are int64, as in the source.
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  PESTLE_ASSIGN(const int axis, node.axis(node.integer("axis", 0), node.rank(0)));
  if (node.integer("select_last_index", 0) != 0) return unsupported("takes the last of equal values");
  Shape kept = node.shape(0);
  kept[axis] = 1;
  Emitter& emit = node.emit();
  const char* op = node.op_type() == "ArgMax" ? "ARG_MAX" : "ARG_MIN";
  OpSpec spec{op, {node.input(0), emit.integer(axis)}, {{"output_type", "INT64"}}};
  spec.types = {ir::Type{DType::kInt64, {}, nullptr}};
  PESTLE_ASSIGN(const auto y, emit.emit_all(std::move(spec)));
  if (node.integer("keepdims", 1) == 0) return y;
  return one(emit.reshape(y[0], kept));
}

}  // namespace

const Mapping& map_arg_max() {
  static const Mapping mapping = {{"ArgMax", "ArgMin"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
