// Softmax, LogSoftmax -> SOFTMAX, LOG_SOFTMAX, which work along the last axis. From opset 13 on the axis is one
// (default the last) and moves to the end and back. Before, the input is a matrix of the axes before `axis` (default 1)
// and the rest.
#include <numeric>

#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueId> along_last(NodeContext& node, ValueId x) {
  if (node.op_type() == "LogSoftmax") return node.emit().emit("LOG_SOFTMAX", {x});
  return node.emit().emit("SOFTMAX", {x}, {{"beta", 1.0}});
}

Result<ValueId> along_axis(NodeContext& node, int axis) {
  std::vector<int64_t> order(node.rank(0));  // its own inverse
  std::iota(order.begin(), order.end(), 0);
  std::swap(order[axis], order.back());
  PESTLE_ASSIGN(const ValueId x, node.emit().transpose(node.input(0), order));
  PESTLE_ASSIGN(const ValueId y, along_last(node, x));
  return node.emit().transpose(y, order);
}

Result<ValueIds> map(NodeContext& node) {
  const Shape shape = node.shape(0);
  const bool is_matrix = node.opset() < 13;
  PESTLE_ASSIGN(const int axis, node.axis(node.integer("axis", is_matrix ? 1 : -1), shape.rank()));
  Shape matrix{1, 1};
  for (int i = 0; i < shape.rank(); ++i) matrix[i < axis ? 0 : 1] *= shape[i];
  if (!is_matrix || matrix[1] == shape[axis]) return one(along_axis(node, axis));
  PESTLE_ASSIGN(const ValueId x, node.emit().reshape(node.input(0), matrix));
  PESTLE_ASSIGN(const ValueId y, along_last(node, x));
  return one(node.emit().reshape(y, shape));
}

}  // namespace

const Mapping& map_softmax() {
  static const Mapping mapping = {{"Softmax", "LogSoftmax"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
