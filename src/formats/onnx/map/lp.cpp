// LpPool: that root over windows, in which padding counts as zeros. LpNormalization: x / (sum |x|^p)^(1/p) along an
// axis. GlobalLpPool: that root over the axes behind the channels.
#include <numeric>

#include "formats/onnx/pool.h"

namespace pestle::formats::onnx {
namespace {

ValueId norm(Formula& f, ValueId x, int64_t p, const std::vector<int64_t>& axes) {
  if (p == 1) return f.reduce("SUM", f.op("ABS", {x}), axes);
  if (p == 2) return f.op("SQRT", {f.reduce("SUM", f.mul(x, x), axes)});
  const ValueId powers = f.op("POW", {f.op("ABS", {x}), f.number(static_cast<float>(p))});
  return f.op("POW", {f.reduce("SUM", powers, axes), f.number(1.0f / static_cast<float>(p))});
}

ValueId pool(NodeContext& node, Formula& f, int64_t p, const Windows& windows) {
  double cells = 1;
  for (const WindowAxis& axis : windows.axes) cells *= static_cast<double>(axis.kernel);
  const float order = static_cast<float>(p);
  const ValueId x = pad_axes(f, node.input(0), windows, std::nullopt);
  const ValueId powers = p == 2   ? f.mul(x, x)
                         : p == 1 ? f.op("ABS", {x})
                                  : f.op("POW", {f.op("ABS", {x}), f.number(order)});
  const ValueId sums = f.scale(pool_axes(f, powers, windows, PoolKind::kAverage), static_cast<float>(cells));
  return p == 2 ? f.op("SQRT", {sums}) : p == 1 ? sums : f.op("POW", {sums, f.number(1 / order)});
}

Result<ValueIds> map(NodeContext& node) {
  Formula f(node.emit());
  const int64_t p =
      node.is_before(2) ? static_cast<int64_t>(std::clamp(node.number("p", 2), 0.0f, 1e6f)) : node.integer("p", 2);
  if (p < 1) return fail(ErrorCode::kInvalidModel, "its order is not positive");
  if (node.op_type() == "LpPool") {
    PESTLE_ASSIGN(const Windows windows, read_pool_windows(node));
    return f.result(pool(node, f, p, windows));
  }
  if (node.op_type() == "GlobalLpPool") {
    std::vector<int64_t> axes(std::max(node.rank(0) - 2, 0));
    std::iota(axes.begin(), axes.end(), 2);
    return f.result(norm(f, node.input(0), p, axes));
  }
  PESTLE_ASSIGN(const int axis, node.axis(node.integer("axis", -1), node.rank(0)));
  const ValueId size = norm(f, node.input(0), p, {axis});
  // A line of zeros stays one.
  const ValueId safe = f.select(f.op("EQUAL", {size, f.number(0)}), f.number(1), size);
  return f.result(f.div(node.input(0), safe));
}

}  // namespace

const Mapping& map_lp() {
  static const Mapping mapping = {{"LpNormalization", "GlobalLpPool", "LpPool"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
