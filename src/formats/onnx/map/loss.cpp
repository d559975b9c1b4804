// NegativeLogLikelihoodLoss, SoftmaxCrossEntropyLoss: what graphs of training end with.
//   loss = -w[target] * x[target] over axis 1; 0 where the target is ignore_index; mean divides by the sum of w.
#include <numeric>

#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

// Logarithms of the softmax over axis 1.
ValueId log_softmax(Formula& f, ValueId x) {
  std::vector<int64_t> order(f.shape(x).rank());
  std::iota(order.begin(), order.end(), 0);
  std::swap(order[1], order.back());
  return f.transpose(f.op("LOG_SOFTMAX", {f.transpose(x, order)}), order);
}

// [N, C, ...] of 1 at the target's class, else 0; all 0 where the target is to be ignored.
ValueId chosen_classes(NodeContext& node, Formula& f, const Shape& flat) {
  ValueId target = f.cast(node.input(1), DType::kInt32);
  if (flat.rank() == 3) target = f.reshape(target, {flat[0], flat[2]});
  ValueId chosen = f.op("ONE_HOT", {target, node.emit().integer(flat[1]), f.number(1), f.number(0)}, {{"axis", 1}});
  if (!node.has_attribute("ignore_index")) return chosen;
  const ValueId ignored = f.op("EQUAL", {target, node.emit().integer(node.integer("ignore_index", 0))});
  Shape one_class = f.shape(chosen);
  if (one_class.rank() > 1) one_class[1] = 1;
  const ValueId mask = f.reshape(ignored, one_class);
  return f.select(mask, f.number(0), chosen);
}

Result<ValueIds> map(NodeContext& node) {
  Formula f(node.emit());
  const bool takes_scores = node.op_type() == "SoftmaxCrossEntropyLoss";
  const Shape shape = node.shape(0);
  if (shape.rank() < 2) return fail(ErrorCode::kInvalidModel, "its input has no axis of classes");
  // Axes behind the classes only count positions: more than one become one, which TFLite's kernels can all take.
  Shape flat = shape;
  if (shape.rank() > 3)
    flat = {shape[0], shape[1], shape[0] * shape[1] == 0 ? 0 : shape.elements() / (shape[0] * shape[1])};
  const ValueId scores = f.reshape(node.input(0), flat);
  if (f.failed()) return f.result(scores);
  const ValueId x = takes_scores ? log_softmax(f, scores) : scores;
  ValueId weights = chosen_classes(node, f, flat);
  if (node.has(2)) {
    Shape per_class(std::vector<int64_t>(flat.rank() - 1, 1));
    per_class[0] = shape[1];
    weights = f.mul(weights, f.reshape(node.input(2), per_class));
  }
  const ValueId loss = f.op("NEG", {f.reduce("SUM", f.mul(x, weights), {1}, false)});
  const std::string reduction = node.text("reduction", "mean");
  const ValueId shown = f.reshape(x, shape);
  if (reduction == "none") return f.result({f.reshape(loss, node.shape(1)), shown});
  std::vector<int64_t> axes(f.shape(loss).rank()), all(flat.rank());
  std::iota(axes.begin(), axes.end(), 0);
  std::iota(all.begin(), all.end(), 0);
  const ValueId sum = f.reduce("SUM", loss, axes, false);
  if (reduction == "sum") return f.result({sum, shown});
  return f.result({f.div(sum, f.reduce("SUM", weights, all, false)), shown});
}

}  // namespace

const Mapping& map_loss() {
  static const Mapping mapping = {{"NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss"}, 2, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
