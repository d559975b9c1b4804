// BatchNormalization -> MUL, ADD by constants per channel: y = x * a + b with a = scale / sqrt(variance + epsilon) and
// b = bias - mean * a, computed in double.
#include <cmath>

#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  if (node.rank(0) < 2) return fail(ErrorCode::kInvalidModel, "its input has no channel axis");
  if (node.opset() < 9 && node.integer("spatial", 1) == 0) return unsupported("statistics per element (spatial = 0)");
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

}  // namespace

const Mapping& map_batch_normalization() {
  static const Mapping mapping = {{"BatchNormalization"}, 5, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
