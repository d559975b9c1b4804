// Operators of com.microsoft that ONNX Runtime's optimizer fuses others into: products and convolutions with what
// stands around them, activations with a bias, layer normalization of a sum.
#include <numeric>

#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

constexpr int64_t kOpset = 13;  // whose operators these are made of

ValueId parameter(NodeContext& node, Formula& f, size_t place, float fallback) {
  const std::vector<float> values = node.numbers("activation_params");
  return f.number(place < values.size() ? values[place] : fallback);
}

ValueId activated(NodeContext& node, Formula& f, ValueId x) {
  const std::string name = node.text("activation", "");
  if (name.empty()) return x;
  if (name == "Relu") return f.op("RELU", {x});
  if (name == "Sigmoid") return f.op("LOGISTIC", {x});
  if (name == "Tanh") return f.op("TANH", {x});
  if (name == "LeakyRelu") {
    const std::vector<float> values = node.numbers("activation_params");
    const float slope = values.empty() ? node.number("activation_alpha", 0.01f) : values[0];
    return f.op("LEAKY_RELU", {x}, {{"alpha", static_cast<double>(slope)}});
  }
  if (name == "Clip" && node.numbers("activation_params").size() == 2)
    return f.op("MINIMUM", {f.op("MAXIMUM", {x, parameter(node, f, 0, 0)}), parameter(node, f, 1, 0)});
  if (name == "HardSigmoid") {
    const ValueId line = f.add(f.mul(x, parameter(node, f, 0, 0.2f)), parameter(node, f, 1, 0.5f));
    return f.op("MINIMUM", {f.op("MAXIMUM", {line, f.number(0)}), f.number(1)});
  }
  return f.fail_with({ErrorCode::kUnsupported, "the activation \"" + name + "\"", {}, {}});
}

ValueId with_last_axes_swapped(NodeContext& node, Formula& f, int operand, const char* flag) {
  const ValueId x = node.input(operand);
  const int rank = node.rank(operand);
  if (node.integer(flag, 0) == 0 || rank < 2) return x;
  std::vector<int64_t> order(rank);
  std::iota(order.begin(), order.end(), 0);
  std::swap(order[rank - 1], order[rank - 2]);
  return f.transpose(x, order);
}

Result<ValueIds> map_product(NodeContext& node) {
  if (node.integer("transBatchA", 0) != 0 || node.integer("transBatchB", 0) != 0)
    return unsupported("products whose batch axes are swapped");
  Formula f(node.emit());
  const ValueId a = with_last_axes_swapped(node, f, 0, "transA"), b = with_last_axes_swapped(node, f, 1, "transB");
  if (f.failed()) return f.result(a);
  PESTLE_ASSIGN(const ValueIds y, node.map_as("MatMul", {a, b}, kOpset));
  return f.result(f.scale(y[0], node.number("alpha", 1)));
}

Result<ValueIds> map_convolution(NodeContext& node) {
  const char* op = node.op_type() == "FusedConv" ? "Conv" : "Gemm";
  ValueIds operands = node.all_inputs();
  operands.resize(3, ir::kNoValue);
  PESTLE_ASSIGN(const ValueIds y, node.map_as(op, std::move(operands), kOpset));
  Formula f(node.emit());
  return f.result(activated(node, f, node.has(3) ? f.add(y[0], node.input(3)) : y[0]));
}

Result<ValueIds> map_activation(NodeContext& node) {
  Formula f(node.emit());
  ValueId x = node.input(0);
  if (node.op_type() == "QuickGelu")
    return f.result(f.mul(x, f.op("LOGISTIC", {f.scale(x, node.number("alpha", 1.702f))})));
  if (node.has(1)) x = f.add(x, node.input(1));
  return f.result(f.op("GELU", {x}, {{"approximate", node.op_type() == "FastGelu"}}));
}

struct Parts {
  ValueId sum, scale, bias;  // bias may be kNoValue
  float epsilon;
  bool centres;
};

// The sum, less its mean, over its deviation, along the last axis.
Result<ValueIds> normalized(NodeContext& node, Formula& f, const Parts& p) {
  const int64_t last = f.shape(p.sum).rank() - 1;
  if (f.failed() || last < 0) return f.result(p.sum);
  const ValueId mean = p.centres ? f.reduce("MEAN", p.sum, {last}) : ir::kNoValue;
  const ValueId centred = p.centres ? f.sub(p.sum, mean) : p.sum;
  const ValueId variance = f.reduce("MEAN", f.mul(centred, centred), {last});
  const ValueId inverse = f.op("RSQRT", {f.add(variance, f.number(p.epsilon))});
  ValueId y = f.mul(f.mul(centred, inverse), p.scale);
  if (p.bias != ir::kNoValue) y = f.add(y, p.bias);
  if (node.op_type() == "EmbedLayerNormalization") return f.result({y, ir::kNoValue, p.sum});
  return f.result({y, mean, inverse, p.sum});
}

Result<ValueIds> map_skip(NodeContext& node) {
  if (!node.has(1) || !node.has(2)) return fail(ErrorCode::kInvalidModel, "lacks its skip or its scale");
  Formula f(node.emit());
  const bool centres = node.op_type() == "SkipLayerNormalization";
  const int bias = centres ? 4 : 3;  // of the sum; that of the result comes before it
  ValueId sum = f.add(node.input(0), node.input(1));
  if (node.has(bias)) sum = f.add(sum, node.input(bias));
  return normalized(
      node, f, {sum, node.input(2), centres ? node.input(3) : ir::kNoValue, node.number("epsilon", 1e-12f), centres});
}

// Words, positions and segments, each a row of a table.
Result<ValueIds> map_embedding(NodeContext& node) {
  for (int i : {0, 2, 3, 5, 6}) {
    if (!node.has(i)) return fail(ErrorCode::kInvalidModel, "lacks a table, its scale or its bias");
  }
  const Shape ids = node.shape(0);
  if (ids.rank() != 2 || node.rank(2) != 2 || node.rank(3) != 2)
    return fail(ErrorCode::kInvalidModel, "its operands are of other ranks");
  Formula f(node.emit());
  const auto rows = [&](int table, ValueId places) {
    return f.op("GATHER", {node.input(table), f.cast(places, DType::kInt32)}, {{"axis", int64_t{0}}});
  };
  ValueId sum = rows(2, node.input(0));
  if (node.has(8)) {
    sum = f.add(sum, rows(3, node.input(8)));
  } else {
    if (ids[1] > node.shape(3)[0]) return fail(ErrorCode::kInvalidModel, "has fewer positions than words");
    sum = f.add(sum, f.slice(node.input(3), 0, 0, ids[1]));
  }
  if (node.has(1) && node.has(4)) sum = f.add(sum, rows(4, node.input(1)));
  return normalized(node, f, {sum, node.input(5), node.input(6), node.number("epsilon", 1e-12f), true});
}

Result<ValueIds> map(NodeContext& node) {
  const std::string& op = node.op_type();
  if (op == "FusedMatMul" || op == "TransposeMatMul") return map_product(node);
  if (op == "FusedConv" || op == "FusedGemm") return map_convolution(node);
  if (op == "EmbedLayerNormalization") return map_embedding(node);
  if (op.ends_with("Normalization")) return map_skip(node);
  return map_activation(node);
}

}  // namespace

const Mapping& map_fused() {
  static const Mapping mapping = {
      {"com.microsoft.FusedMatMul", "com.microsoft.TransposeMatMul", "com.microsoft.FusedConv",
       "com.microsoft.FusedGemm", "com.microsoft.BiasGelu", "com.microsoft.FastGelu", "com.microsoft.QuickGelu",
       "com.microsoft.SkipLayerNormalization", "com.microsoft.SkipSimplifiedLayerNormalization",
       "com.microsoft.EmbedLayerNormalization"},
      1,
      map};
  return mapping;
}

}  // namespace pestle::formats::onnx
