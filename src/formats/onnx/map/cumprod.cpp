// CumProd: products of ever longer runs, each of two halves: every element times the one 1, 2, 4, ... before it.
#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

ValueId ones(Formula& f, Shape shape, int axis, int64_t count) {
  shape[axis] = count;
  return f.broadcast_to(f.number(1), shape);
}

// The elements `steps` before, ones where there are none; behind them if reversed.
ValueId shifted(Formula& f, ValueId x, int axis, int64_t steps, bool reverse) {
  const Shape shape = f.shape(x);
  const ValueId filler = f.cast(ones(f, shape, axis, steps), f.dtype(x));
  const ValueId rest = f.slice(x, axis, reverse ? steps : 0, shape[axis] - steps);
  return reverse ? f.concat({rest, filler}, axis) : f.concat({filler, rest}, axis);
}

Result<ValueIds> map(NodeContext& node) {
  PESTLE_ASSIGN(const auto given, node.ints(1, "axis"));
  if (given.size() != 1) return fail(ErrorCode::kInvalidModel, "its axis is no single number");
  PESTLE_ASSIGN(const int axis, node.axis(given[0], node.rank(0)));
  PESTLE_TRY(check_affordable(node.shape(0).elements()));
  const bool reverse = node.integer("reverse", 0) != 0;
  const DType dtype = node.dtype(0);
  const int64_t extent = node.shape(0)[axis];
  Formula f(node.emit());
  ValueId y = f.cast(node.input(0), computed_type(dtype));
  if (node.integer("exclusive", 0) != 0 && extent > 0)
    y = extent == 1 ? f.cast(ones(f, node.shape(0), axis, 1), f.dtype(y)) : shifted(f, y, axis, 1, reverse);
  for (int64_t steps = 1; steps < extent && !f.failed(); steps *= 2) y = f.mul(y, shifted(f, y, axis, steps, reverse));
  return f.result(f.cast(y, dtype));
}

}  // namespace

const Mapping& map_cumprod() {
  static const Mapping mapping = {{"CumProd"}, 2, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
