// Reshape -> RESHAPE. An extent 0 keeps the input's (unless allowzero), one -1 takes what is left; both are resolved
// here, in the source's layout. Before operator set 5 the shape is an attribute.
#include <fmt/core.h>

#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<Shape> resolve(NodeContext& node, const std::vector<int64_t>& wanted) {
  const Shape& from = node.shape(0);
  const bool keep_zeros = node.integer("allowzero", 0) != 0;
  Shape to;
  int unknown = -1;
  for (size_t i = 0; i < wanted.size(); ++i) {
    int64_t extent = wanted[i];
    if (extent == 0 && !keep_zeros) {
      if (static_cast<int>(i) >= from.rank())
        return fail(ErrorCode::kInvalidModel, "keeps an extent that its input does not have");
      extent = from[static_cast<int>(i)];
    }
    if (extent < 0) {
      if (extent != -1 || unknown >= 0)
        return fail(ErrorCode::kInvalidModel, "its shape has more than one unknown extent");
      unknown = static_cast<int>(i);
      extent = 1;
    }
    to.push_back(extent);
  }
  const auto elements = checked_elements(to);
  if (!elements) return fail(ErrorCode::kInvalidModel, "its shape is absurdly large");
  const int64_t total = from.elements();
  if (unknown >= 0 && *elements > 0) to[unknown] = total / *elements;
  if (to.elements() != total) {
    return fail(ErrorCode::kInvalidModel, fmt::format("cannot make {} of {}", to_string(to), to_string(from)));
  }
  return to;
}

Result<ValueIds> map(NodeContext& node) {
  PESTLE_ASSIGN(const auto wanted, node.integers_by_opset("shape", 1, 5));
  if (!wanted) return fail(ErrorCode::kInvalidModel, "lacks its shape");
  PESTLE_ASSIGN(const Shape shape, resolve(node, *wanted));
  return one(node.emit().reshape(node.input(0), shape));
}

}  // namespace

const Mapping& map_reshape() {
  static const Mapping mapping = {{"Reshape"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
