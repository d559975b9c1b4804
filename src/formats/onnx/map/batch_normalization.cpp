// BatchNormalization -> MUL, ADD by constants per channel: y = x * a + b with a = scale / sqrt(variance + epsilon) and
// b = bias - mean * a, computed in double. Operands that are computed are put into the same formula while the model
// runs; in training mode mean and variance are those of the batch, and the running ones move towards them.
#include <cmath>

#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> by_constants(NodeContext& node) {
  PESTLE_ASSIGN(std::vector<float> scale, node.floats(1, "scale"));
  PESTLE_ASSIGN(std::vector<float> bias, node.floats(2, "bias"));
  PESTLE_ASSIGN(const std::vector<float> mean, node.floats(3, "mean"));
  PESTLE_ASSIGN(const std::vector<float> variance, node.floats(4, "variance"));
  const auto channels = static_cast<size_t>(node.shape(0)[1]);
  for (const std::vector<float>* values :
       std::initializer_list<const std::vector<float>*>{&scale, &bias, &mean, &variance}) {
    if (values->size() != channels)
      return fail(ErrorCode::kInvalidModel, "its statistics are for another number of channels");
  }
  const double epsilon = node.number("epsilon", 1e-5f);
  for (size_t c = 0; c < channels; ++c) {
    const double factor = scale[c] / std::sqrt(variance[c] + epsilon);
    bias[c] = static_cast<float>(bias[c] - mean[c] * factor);
    scale[c] = static_cast<float>(factor);
  }
  Shape shape(std::vector<int64_t>(node.rank(0), 1));
  shape[1] = node.shape(0)[1];
  PESTLE_ASSIGN(const ValueId scaled, node.emit().emit("MUL", {node.input(0), node.emit().floats(shape, scale)}));
  return one(node.emit().emit("ADD", {scaled, node.emit().floats(shape, bias)}));
}

Result<ValueIds> by_formula(NodeContext& node, bool trains) {
  Formula f(node.emit());
  const int rank = node.rank(0);
  const int64_t channels = node.shape(0)[1];
  const ValueId x = node.input(0);
  ValueId mean = node.input(3), variance = node.input(4);
  std::vector<int64_t> axes;
  for (int axis = 0; axis < rank; ++axis) {
    if (axis != 1) axes.push_back(axis);
  }
  Shape column(std::vector<int64_t>(rank, 1));
  column[1] = channels;
  for (int i = 1; i < 5; ++i) {
    if (node.shape(i).elements() != channels)
      return fail(ErrorCode::kInvalidModel, "its statistics are for another number of channels");
  }
  if (trains) {
    mean = f.reduce("MEAN", x, axes);
    const ValueId off = f.sub(x, mean);
    variance = f.reduce("MEAN", f.mul(off, off), axes);
  }
  const ValueId root = f.op("SQRT", {f.add(f.reshape(variance, column), f.number(node.number("epsilon", 1e-5f)))});
  const ValueId factor = f.div(f.reshape(node.input(1), column), root);
  const ValueId y = f.add(f.mul(f.sub(x, f.reshape(mean, column)), factor), f.reshape(node.input(2), column));
  if (!trains) return f.result(y);
  const float momentum = node.number("momentum", 0.9f);
  const auto moved = [&](int before, ValueId now) {
    const ValueId kept = f.scale(f.reshape(node.input(before), {channels}), momentum);
    return f.add(kept, f.scale(f.reshape(now, {channels}), 1 - momentum));
  };
  ValueIds outputs = {y, node.wants_output(1) ? moved(3, mean) : ir::kNoValue,
                      node.wants_output(2) ? moved(4, variance) : ir::kNoValue};
  return f.result(std::move(outputs));
}

Result<ValueIds> map(NodeContext& node) {
  if (node.rank(0) < 2) return fail(ErrorCode::kInvalidModel, "its input has no channel axis");
  if (node.opset() < 9 && node.integer("spatial", 1) == 0) return unsupported("statistics per element (spatial = 0)");
  const bool trains = node.opset() >= 14  ? node.integer("training_mode", 0) != 0
                      : node.is_before(7) ? node.integer("is_test", 0) == 0
                                          : node.wants_output(1);
  bool is_constant = !trains;
  for (int i = 1; i < 5; ++i) is_constant = is_constant && node.is_constant(i);
  return is_constant ? by_constants(node) : by_formula(node, trains);
}

}  // namespace

const Mapping& map_batch_normalization() {
  static const Mapping mapping = {{"BatchNormalization"}, 5, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
