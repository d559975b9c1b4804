// GatherElements, GatherND -> GATHER_ND, whose indices are whole places: a grid gives the axes that the source leaves
// to the position of the index.
#include <numeric>

#include "formats/core/formula.h"
#include "formats/onnx/indices.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

// Axes before and behind `axis` made one each, where both tensors have the same: TFLite's indices reach few axes.
Shape merged(const Shape& shape, int axis) {
  Shape result{1, shape[axis], 1};
  for (int i = 0; i < shape.rank(); ++i) {
    if (i != axis) result[i < axis ? 0 : 2] *= shape[i];
  }
  return result;
}

bool differ_only_along(const Shape& a, const Shape& b, int axis) {
  for (int i = 0; i < a.rank(); ++i) {
    if (i != axis && a[i] != b[i]) return false;
  }
  return true;
}

Result<ValueIds> map_elements(NodeContext& node) {
  Formula f(node.emit());
  PESTLE_ASSIGN(const int axis, node.axis(node.integer("axis", 0), node.rank(0)));
  if (node.rank(1) != node.rank(0)) return fail(ErrorCode::kInvalidModel, "its indices are of another rank");
  const Shape data = node.shape(0), indices = node.shape(1);
  constexpr int kManyAxes = 5;
  if (data.rank() > kManyAxes && data.is_static() && indices.is_static() && differ_only_along(data, indices, axis)) {
    const ValueId places = element_places(f, f.reshape(node.input(1), merged(indices, axis)), 1, data[axis]);
    return f.result(f.reshape(f.op("GATHER_ND", {f.reshape(node.input(0), merged(data, axis)), places}), indices));
  }
  const ValueId places = element_places(f, node.input(1), axis, data[axis]);
  return f.result(f.op("GATHER_ND", {node.input(0), places}));
}

Result<ValueIds> map_nd(NodeContext& node) {
  Formula f(node.emit());
  const int64_t batch = std::clamp<int64_t>(node.integer("batch_dims", 0), -1, node.rank(1));
  const ValueId places = tuple_places(f, node.input(1), node.shape(0), static_cast<int>(batch));
  return f.result(f.op("GATHER_ND", {node.input(0), places}));
}

Result<ValueIds> map(NodeContext& node) { return node.op_type() == "GatherND" ? map_nd(node) : map_elements(node); }

}  // namespace

const Mapping& map_gather_elements() {
  static const Mapping mapping = {{"GatherElements", "GatherND"}, 2, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
