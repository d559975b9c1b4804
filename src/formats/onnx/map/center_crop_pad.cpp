// CenterCropPad -> SLICE and PAD about the middle; the odd element is cut, or filled, at the end.
#include <numeric>

#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  PESTLE_ASSIGN(const auto wanted, node.ints(1, "shape"));
  std::vector<int64_t> axes(node.rank(0));
  std::iota(axes.begin(), axes.end(), 0);
  PESTLE_ASSIGN(axes, node.axes(node.integers("axes", axes), node.rank(0)));
  if (wanted.size() != axes.size()) return fail(ErrorCode::kInvalidModel, "its shape is not one number an axis");
  Formula f(node.emit());
  ValueId x = node.input(0);
  std::vector<int32_t> pairs(2 * node.rank(0), 0);
  bool pads = false;
  for (size_t i = 0; i < axes.size(); ++i) {
    const auto axis = static_cast<int>(axes[i]);
    const int64_t extent = node.shape(0)[axis];
    if (wanted[i] < 1 || wanted[i] > (1 << 24)) return fail(ErrorCode::kInvalidModel, "its shape is absurd");
    if (wanted[i] <= extent) {
      x = f.slice(x, axis, (extent - wanted[i]) / 2, wanted[i]);
      continue;
    }
    const int64_t missing = wanted[i] - extent;
    pairs[2 * axis] = static_cast<int32_t>(missing / 2);
    pairs[2 * axis + 1] = static_cast<int32_t>(missing - missing / 2);
    pads = true;
  }
  if (!pads) return f.result(x);
  const ValueId paddings = node.emit().constant({DType::kInt32, {node.rank(0), 2}, std::as_bytes(std::span(pairs))});
  return f.result(f.op("PAD", {x, paddings}));
}

}  // namespace

const Mapping& map_center_crop_pad() {
  static const Mapping mapping = {{"CenterCropPad"}, 2, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
