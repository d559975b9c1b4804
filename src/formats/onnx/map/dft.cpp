// DFT -> a product with a matrix of cosines and sines. The last axis holds real numbers (1) or complex ones (2).
#include "formats/onnx/dft.h"

#include <algorithm>
#include <numeric>

#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<int> read_axis(NodeContext& node) {
  const int rank = node.rank(0);
  int64_t given = node.integer("axis", 1);
  if (node.opset() >= 20) {
    given = -2;
    if (node.has(2)) {
      PESTLE_ASSIGN(const auto values, node.ints(2, "axis"));
      if (values.size() != 1) return fail(ErrorCode::kInvalidModel, "its axis is no single number");
      given = values[0];
    }
  }
  PESTLE_ASSIGN(const int axis, node.axis(given, rank));
  if (axis == rank - 1) return fail(ErrorCode::kInvalidModel, "transforms along the parts of its numbers");
  return axis;
}

Result<Transform> read_transform(NodeContext& node, int axis) {
  const Shape shape = node.shape(0);
  const bool half = node.integer("onesided", 0) != 0;
  Transform t;
  t.in = shape[axis];
  t.in_parts = shape.back(0);
  t.inverse = node.integer("inverse", 0) != 0;
  t.from_half = t.inverse && half;
  t.length = t.from_half ? 2 * (t.in - 1) : t.in;
  if (node.has(1)) {
    PESTLE_ASSIGN(const auto given, node.ints(1, "length"));
    if (given.size() != 1) return fail(ErrorCode::kInvalidModel, "its length is no single number");
    t.length = given[0];
  }
  if (t.in_parts != 1 && t.in_parts != 2) return fail(ErrorCode::kInvalidModel, "its last axis holds no numbers");
  if (t.length < 1 || t.length > (1 << 24)) return fail(ErrorCode::kInvalidModel, "its length is absurd");
  t.out = half && !t.inverse ? t.length / 2 + 1 : t.length;
  t.out_parts = t.from_half ? 1 : 2;
  return t;
}

Result<ValueIds> map(NodeContext& node) {
  const int rank = node.rank(0);
  if (rank < 2) return fail(ErrorCode::kInvalidModel, "its input has no axis to transform along");
  PESTLE_ASSIGN(const int axis, read_axis(node));
  PESTLE_ASSIGN(const Transform t, read_transform(node, axis));
  Formula f(node.emit());
  PESTLE_ASSIGN(const ValueId matrix, transform_matrix(f, t));
  std::vector<int64_t> order(rank), back(rank);
  std::iota(order.begin(), order.end(), 0);
  std::rotate(order.begin() + axis, order.begin() + axis + 1, order.end() - 1);
  for (int i = 0; i < rank; ++i) back[order[i]] = i;
  const ValueId x = f.transpose(node.input(0), order);
  if (f.failed()) return f.result(x);
  Shape out = f.shape(x);
  const int64_t lines = out.elements() / (t.in * t.in_parts);
  out[rank - 2] = t.out;
  out[rank - 1] = t.out_parts;
  ValueId y = f.matmul(f.reshape(x, {lines, t.in * t.in_parts}), matrix);
  if (t.inverse) y = f.div(y, f.number(static_cast<float>(t.length)));
  return f.result(f.transpose(f.reshape(y, out), back));
}

}  // namespace

const Mapping& map_dft() {
  static const Mapping mapping = {{"DFT"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
