// Circular and hyperbolic functions and their inverses that TFLite lacks, and Erf.
#include <cmath>
#include <map>
#include <string_view>

#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

ValueId square_root(Formula& f, ValueId x) { return f.op("SQRT", {x}); }
ValueId one_minus_square(Formula& f, ValueId x) { return f.sub(f.number(1), f.mul(x, x)); }

ValueId acos(Formula& f, ValueId x) { return f.op("ATAN2", {square_root(f, one_minus_square(f, x)), x}); }
ValueId asin(Formula& f, ValueId x) { return f.op("ATAN2", {x, square_root(f, one_minus_square(f, x))}); }
// ATAN2 does not broadcast.
ValueId atan(Formula& f, ValueId x) { return f.op("ATAN2", {x, f.broadcast_to(f.number(1), f.shape(x))}); }
ValueId tan(Formula& f, ValueId x) { return f.div(f.op("SIN", {x}), f.op("COS", {x})); }

ValueId half_exponentials(Formula& f, ValueId x, bool minus) {
  const ValueId up = f.op("EXP", {x}), down = f.op("EXP", {f.op("NEG", {x})});
  return f.scale(minus ? f.sub(up, down) : f.add(up, down), 0.5f);
}
ValueId cosh(Formula& f, ValueId x) { return half_exponentials(f, x, false); }
ValueId sinh(Formula& f, ValueId x) { return half_exponentials(f, x, true); }

ValueId acosh(Formula& f, ValueId x) {
  return f.op("LOG", {f.add(x, square_root(f, f.sub(f.mul(x, x), f.number(1))))});
}
// Of |x|, so that nothing cancels for negative x.
ValueId asinh(Formula& f, ValueId x) {
  const ValueId size = f.op("ABS", {x});
  const ValueId y = f.op("LOG", {f.add(size, square_root(f, f.add(f.mul(x, x), f.number(1))))});
  return f.select(f.op("LESS", {x, f.number(0)}), f.op("NEG", {y}), y);
}
ValueId atanh(Formula& f, ValueId x) {
  const ValueId one = f.number(1);
  return f.scale(f.op("LOG", {f.div(f.add(one, x), f.sub(one, x))}), 0.5f);
}

// Abramowitz and Stegun, 7.1.26: 1 - (a1 t + ... + a5 t^5) exp(-x^2) with t = 1 / (1 + p |x|), to 1.5e-7.
ValueId erf(Formula& f, ValueId x) {
  const ValueId size = f.op("ABS", {x}), one = f.number(1);
  const ValueId t = f.div(one, f.add(one, f.scale(size, 0.3275911f)));
  ValueId sum = f.number(1.061405429f);
  for (float coefficient : {-1.453152027f, 1.421413741f, -0.284496736f, 0.254829592f})
    sum = f.add(f.mul(sum, t), f.number(coefficient));
  const ValueId y = f.sub(one, f.mul(f.mul(sum, t), f.op("EXP", {f.op("NEG", {f.mul(x, x)})})));
  return f.select(f.op("LESS", {x, f.number(0)}), f.op("NEG", {y}), y);
}

using Build = ValueId (*)(Formula&, ValueId);

const std::map<std::string_view, Build>& formulas() {
  static const std::map<std::string_view, Build> table = {
      {"Acos", acos},   {"Acosh", acosh}, {"Asin", asin}, {"Asinh", asinh}, {"Atan", atan},
      {"Atanh", atanh}, {"Cosh", cosh},   {"Erf", erf},   {"Sinh", sinh},   {"Tan", tan},
  };
  return table;
}

Result<ValueIds> map(NodeContext& node) {
  Formula f(node.emit());
  return f.result(formulas().at(node.op_type())(f, node.input(0)));
}

}  // namespace

const Mapping& map_trigonometry() {
  static const Mapping mapping = [] {
    Mapping result = {{}, 1, map};
    for (const auto& [name, build] : formulas()) result.names.push_back(name.data());
    return result;
  }();
  return mapping;
}

}  // namespace pestle::formats::onnx
