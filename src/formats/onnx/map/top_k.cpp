// TopK -> TOPK_V2, which takes the largest of the last axis; the smallest are the largest of the negated values.
#include <numeric>

#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  Formula f(node.emit());
  PESTLE_ASSIGN(const int axis, node.axis(node.integer("axis", -1), node.rank(0)));
  int64_t k = node.integer("k", 1);
  if (node.has(1)) {
    PESTLE_ASSIGN(const auto values, node.ints(1, "number of elements"));
    if (values.size() != 1) return fail(ErrorCode::kInvalidModel, "its number of elements is no single number");
    k = values[0];
  }
  std::vector<int64_t> order(node.rank(0));
  std::iota(order.begin(), order.end(), 0);
  std::swap(order[axis], order.back());
  const bool largest = node.integer("largest", 1) != 0;
  const ValueId zero = f.number(0.0, node.dtype(0));
  ValueId x = f.transpose(node.input(0), order);
  if (!largest) x = f.sub(zero, x);
  if (f.failed()) return f.result(x);
  OpSpec spec{"TOPK_V2", {x, node.emit().integer(k)}};
  spec.outputs = 2;
  PESTLE_ASSIGN(const auto found, node.emit().emit_all(std::move(spec)));
  const ValueId values = f.transpose(largest ? found[0] : f.sub(zero, found[0]), order);
  return f.result({values, f.cast(f.transpose(found[1], order), DType::kInt64)});
}

}  // namespace

const Mapping& map_top_k() {
  static const Mapping mapping = {{"TopK"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
