// LayerNormalization, RMSNormalization, InstanceNormalization, GroupNormalization, MeanVarianceNormalization: centre
// (but for RMS), divide by the deviation over some axes, then scale and shift.
#include <numeric>

#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

struct Normalized {
  ValueId values, mean, inverse;  // inverse of the deviation
};

Normalized normalize(Formula& f, ValueId x, const std::vector<int64_t>& axes, float epsilon, bool centres) {
  const ValueId mean = centres ? f.reduce("MEAN", x, axes) : ir::kNoValue;
  const ValueId centred = centres ? f.sub(x, mean) : x;
  const ValueId variance = f.reduce("MEAN", f.mul(centred, centred), axes);
  const ValueId inverse = f.op("RSQRT", {f.add(variance, f.number(epsilon))});
  return {f.mul(centred, inverse), mean, inverse};
}

ValueId scale_and_shift(NodeContext& node, Formula& f, ValueId x, int scale, int bias) {
  if (node.has(scale)) x = f.mul(x, node.input(scale));
  if (node.has(bias)) x = f.add(x, node.input(bias));
  return x;
}

std::vector<int64_t> axes_from(int first, int rank) {
  std::vector<int64_t> axes(rank - first);
  std::iota(axes.begin(), axes.end(), first);
  return axes;
}

// Over the axes from `axis` on; the operands have the shape of these.
Result<ValueIds> map_layer(NodeContext& node) {
  Formula f(node.emit());
  const bool is_rms = node.op_type() == "RMSNormalization" || node.op_type() == "SimplifiedLayerNormalization";
  PESTLE_ASSIGN(const int axis, node.axis(node.integer("axis", -1), node.rank(0)));
  const Normalized y =
      normalize(f, node.input(0), axes_from(axis, node.rank(0)), node.number("epsilon", 1e-5f), !is_rms);
  return f.result({scale_and_shift(node, f, y.values, 1, 2), y.mean, y.inverse});
}

// One number a channel, as [C, 1, ..., 1] for the axes behind the channel.
ValueId per_channel(NodeContext& node, Formula& f, int operand, int rank) {
  Shape shape(std::vector<int64_t>(rank - 1, 1));
  shape[0] = node.shape(operand).elements();
  return f.reshape(node.input(operand), shape);
}

Result<ValueIds> map_instance(NodeContext& node) {
  Formula f(node.emit());
  const int rank = node.rank(0);
  if (!node.has(1) || !node.has(2)) return fail(ErrorCode::kInvalidModel, "lacks its scale or its bias");
  if (rank < 3) return fail(ErrorCode::kInvalidModel, "its input has no axis behind the channels");
  const Normalized y = normalize(f, node.input(0), axes_from(2, rank), node.number("epsilon", 1e-5f), true);
  return f.result(f.add(f.mul(y.values, per_channel(node, f, 1, rank)), per_channel(node, f, 2, rank)));
}

// Groups of channels: [N, groups, everything else]. Before opset 21 scale and bias are one number a group.
Result<ValueIds> map_group(NodeContext& node) {
  Formula f(node.emit());
  const Shape shape = node.shape(0);
  const int64_t groups = node.integer("num_groups", 1);
  if (!node.has(1) || !node.has(2)) return fail(ErrorCode::kInvalidModel, "lacks its scale or its bias");
  if (shape.rank() < 2 || shape.elements() < 1 || groups < 1 || shape[1] % groups != 0)
    return fail(ErrorCode::kInvalidModel, "its channels cannot be divided into groups");
  const Shape grouped{shape[0], groups, shape[1] / groups, shape.elements() / (shape[0] * shape[1])};
  Normalized y = normalize(f, f.reshape(node.input(0), grouped), {2, 3}, node.number("epsilon", 1e-5f), true);
  const bool per_group = node.shape(1).elements() == groups && node.opset() < 21;
  const Shape parameters = per_group ? Shape{groups, 1, 1} : Shape{groups, grouped[2], 1};
  y.values = f.mul(y.values, f.reshape(node.input(1), parameters));
  return f.result(f.reshape(f.add(y.values, f.reshape(node.input(2), parameters)), shape));
}

// (x - mean) / (deviation + 1e-9), by default over all axes but the channels.
Result<ValueIds> map_mean_variance(NodeContext& node) {
  Formula f(node.emit());
  PESTLE_ASSIGN(const auto axes, node.axes(node.integers("axes", {0, 2, 3}), node.rank(0)));
  const ValueId centred = f.sub(node.input(0), f.reduce("MEAN", node.input(0), axes));
  const ValueId deviation = f.op("SQRT", {f.reduce("MEAN", f.mul(centred, centred), axes)});
  return f.result(f.div(centred, f.add(deviation, f.number(1e-9f))));
}

Result<ValueIds> map(NodeContext& node) {
  if (node.op_type() == "InstanceNormalization") return map_instance(node);
  if (node.op_type() == "GroupNormalization") return map_group(node);
  if (node.op_type() == "MeanVarianceNormalization") return map_mean_variance(node);
  return map_layer(node);
}

}  // namespace

const Mapping& map_normalization() {
  static const Mapping mapping = {{"LayerNormalization", "RMSNormalization", "InstanceNormalization",
                                   "GroupNormalization", "MeanVarianceNormalization", "SimplifiedLayerNormalization"},
                                  1,
                                  map};
  return mapping;
}

}  // namespace pestle::formats::onnx
