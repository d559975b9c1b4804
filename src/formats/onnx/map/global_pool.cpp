// GlobalAveragePool, GlobalMaxPool -> MEAN, REDUCE_MAX over all spatial axes, which stay with extent 1.
#include <numeric>

#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  if (node.rank(0) < 3) return fail(ErrorCode::kInvalidModel, "its input has no spatial axes");
  std::vector<int64_t> axes(node.rank(0) - 2);
  std::iota(axes.begin(), axes.end(), 2);
  const char* op = node.op_type() == "GlobalMaxPool" ? "REDUCE_MAX" : "MEAN";
  return one(node.emit().emit(op, {node.input(0), node.emit().ints(axes)}, {{"keep_dims", true}}));
}

}  // namespace

const Mapping& map_global_pool() {
  static const Mapping mapping = {{"GlobalAveragePool", "GlobalMaxPool"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
