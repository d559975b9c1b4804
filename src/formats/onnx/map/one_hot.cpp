// OneHot -> ONE_HOT of indices brought into [0, depth): ONNX counts negative ones from the end, TFLite ignores them.
// Hardmax -> ONE_HOT of ARG_MAX.
#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map_one_hot(NodeContext& node) {
  Formula f(node.emit());
  PESTLE_ASSIGN(const auto depth, node.dtype(1) == DType::kFloat32
                                      ? Result<std::vector<int64_t>>(std::vector<int64_t>{})
                                      : node.ints(1, "depth"));
  int64_t classes = depth.empty() ? 0 : depth[0];
  if (depth.empty()) {
    PESTLE_ASSIGN(const auto real, node.floats(1, "depth"));
    if (real.empty()) return fail(ErrorCode::kInvalidModel, "its depth is empty");
    if (!(real[0] >= 0 && real[0] < 1e9f)) return fail(ErrorCode::kInvalidModel, "its depth is no number of classes");
    classes = static_cast<int64_t>(real[0]);
  }
  PESTLE_ASSIGN(const int axis, node.axis(node.integer("axis", -1), node.rank(0) + 1));
  // Only the number just outside counts from the end: -depth .. -1.
  const ValueId indices = f.cast(node.input(0), DType::kInt32);
  const ValueId wrapped = f.add(indices, node.emit().integer(classes));
  const ValueId place = f.select(f.op("LESS", {indices, node.emit().integer(0)}), wrapped, indices);
  const auto value = [&](int64_t i) { return f.reshape(f.slice(node.input(2), 0, i, 1), Shape{}); };
  return f.result(
      f.op("ONE_HOT", {place, node.emit().integer(classes), value(1), value(0)}, {{"axis", int64_t{axis}}}));
}

Result<ValueIds> map_hardmax(NodeContext& node) {
  Formula f(node.emit());
  const Shape shape = node.shape(0);
  PESTLE_ASSIGN(const int axis, node.axis(node.integer("axis", node.opset() < 13 ? 1 : -1), shape.rank()));
  ValueId x = node.input(0);
  int at = axis;
  if (node.opset() < 13) {  // a matrix of the axes before `axis` and the rest
    Shape matrix{1, 1};
    for (int i = 0; i < shape.rank(); ++i) matrix[i < axis ? 0 : 1] *= shape[i];
    x = f.reshape(x, matrix);
    at = 1;
  }
  if (f.failed()) return f.result(x);
  const int64_t classes = f.shape(x)[at];
  const ValueId largest = f.op("ARG_MAX", {x, node.emit().integer(at)}, {{"output_type", std::string("INT32")}});
  const ValueId y =
      f.op("ONE_HOT", {largest, node.emit().integer(classes), f.number(1), f.number(0)}, {{"axis", int64_t{at}}});
  return f.result(f.reshape(y, shape));
}

Result<ValueIds> map(NodeContext& node) { return node.op_type() == "OneHot" ? map_one_hot(node) : map_hardmax(node); }

}  // namespace

const Mapping& map_one_hot() {
  static const Mapping mapping = {{"OneHot", "Hardmax"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
