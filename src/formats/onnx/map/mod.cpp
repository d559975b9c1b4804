// Mod. Integers: the sign of the divisor (FLOOR_MOD); fmod = 1: the sign of the dividend, as C's fmod and % have it.
#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  Formula f(node.emit());
  const DType dtype = node.dtype(0);
  const ValueId x = f.cast(node.input(0), computed_type(dtype));
  const ValueId y = f.cast(node.input(1), computed_type(dtype));
  if (node.integer("fmod", 0) == 0) return f.result(f.cast(f.op("FLOOR_MOD", {x, y}), dtype));
  const ValueId zero = f.number(0.0, f.dtype(x));
  const auto size = [&](ValueId value) { return f.op("MAXIMUM", {value, f.sub(zero, value)}); };
  const ValueId rest = f.op("FLOOR_MOD", {size(x), size(y)});
  return f.result(f.cast(f.select(f.op("LESS", {x, zero}), f.sub(zero, rest), rest), dtype));
}

}  // namespace

const Mapping& map_mod() {
  static const Mapping mapping = {{"Mod"}, 2, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
