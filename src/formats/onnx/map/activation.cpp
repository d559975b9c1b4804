// Activations that TFLite lacks, as the formulas that the standard gives: Celu, Elu with alpha, Mish, Selu, Shrink,
// Softplus, Softsign, Swish, ThresholdedRelu.
#include <map>
#include <string_view>

#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

// log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)), which does not overflow.
ValueId softplus(Formula& f, ValueId x) {
  const ValueId small = f.op("EXP", {f.op("NEG", {f.op("ABS", {x})})});
  return f.add(f.op("RELU", {x}), f.op("LOG", {f.add(small, f.number(1))}));
}

// ELU(min(x, 0)) = exp(min(x, 0)) - 1
ValueId falling(Formula& f, ValueId x) { return f.op("ELU", {f.op("MINIMUM", {x, f.number(0)})}); }

// gamma * (max(x, 0) + alpha * (exp(min(x, 0)) - 1))
ValueId scaled_elu(Formula& f, ValueId x, float alpha, float gamma) {
  if (alpha == 1) return f.scale(f.op("ELU", {x}), gamma);
  return f.scale(f.add(f.op("RELU", {x}), f.scale(falling(f, x), alpha)), gamma);
}

ValueId celu(NodeContext& node, Formula& f, ValueId x) {
  const float alpha = node.number("alpha", 1);
  return f.add(f.op("RELU", {x}), f.scale(falling(f, f.scale(x, 1 / alpha)), alpha));
}

ValueId elu(NodeContext& node, Formula& f, ValueId x) { return scaled_elu(f, x, node.number("alpha", 1), 1); }

ValueId mish(NodeContext&, Formula& f, ValueId x) { return f.mul(x, f.op("TANH", {softplus(f, x)})); }

ValueId selu(NodeContext& node, Formula& f, ValueId x) {
  return scaled_elu(f, x, node.number("alpha", 1.67326319217681884765625f),
                    node.number("gamma", 1.05070102214813232421875f));
}

// x + bias below -lambda, x - bias above lambda, 0 between.
ValueId shrink(NodeContext& node, Formula& f, ValueId x) {
  const ValueId bias = f.number(node.number("bias", 0)), zero = f.number(0);
  const float lambda = node.number("lambd", 0.5f);
  const ValueId above = f.select(f.op("GREATER", {x, f.number(lambda)}), f.sub(x, bias), zero);
  return f.select(f.op("LESS", {x, f.number(-lambda)}), f.add(x, bias), above);
}

ValueId plain_softplus(NodeContext&, Formula& f, ValueId x) { return softplus(f, x); }

ValueId softsign(NodeContext&, Formula& f, ValueId x) { return f.div(x, f.add(f.op("ABS", {x}), f.number(1))); }

ValueId swish(NodeContext& node, Formula& f, ValueId x) {
  return f.mul(x, f.op("LOGISTIC", {f.scale(x, node.number("alpha", 1))}));
}

ValueId thresholded_relu(NodeContext& node, Formula& f, ValueId x) {
  return f.select(f.op("GREATER", {x, f.number(node.number("alpha", 1))}), x, f.number(0));
}

using Build = ValueId (*)(NodeContext&, Formula&, ValueId);

const std::map<std::string_view, Build>& formulas() {
  static const std::map<std::string_view, Build> table = {
      {"Celu", celu},         {"Elu", elu},       {"Mish", mish},
      {"Selu", selu},         {"Shrink", shrink}, {"Softplus", plain_softplus},
      {"Softsign", softsign}, {"Swish", swish},   {"ThresholdedRelu", thresholded_relu},
  };
  return table;
}

Result<ValueIds> map(NodeContext& node) {
  Formula f(node.emit());
  // Shrink is defined for integers too, which have no SELECT with numbers of another type.
  const DType dtype = node.dtype(0);
  const ValueId x = f.cast(node.input(0), DType::kFloat32);
  return f.result(f.cast(formulas().at(node.op_type())(node, f, x), dtype));
}

}  // namespace

const Mapping& map_activation() {
  static const Mapping mapping = [] {
    Mapping result = {{}, 1, map, true};
    for (const auto& [name, build] : formulas()) result.names.push_back(name.data());
    return result;
  }();
  return mapping;
}

}  // namespace pestle::formats::onnx
