// RESIZE_NEAREST_NEIGHBOR
//   y[b,i,j,c] = x[b, row(i), column(j), c], row(i) = floor((i + o) s), o = 1/2 with half_pixel_centers, else 0,
//   s = H / H'; with align_corners round(i s), s = (H-1) / (H'-1). Computed in float32 (docs/semantics.md#conversions).
#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/fixed_point.h"
#include "ops/core/resize.h"

namespace pestle::ops {
namespace {

std::vector<int64_t> positions(const ir::Node& node, int64_t in, int64_t out) {
  const bool align = kAlignCorners(node);
  const float scale = resize_scale(in, out, align);
  const float offset = kHalfPixelCenters(node) ? 0.5f : 0.0f;
  std::vector<int64_t> nearest;
  for (int64_t i = 0; i < out; ++i) {
    const float position = (static_cast<float>(i) + offset) * scale;
    const auto index = static_cast<int64_t>(align ? round_away(position) : std::floor(position));
    nearest.push_back(std::clamp<int64_t>(index, 0, in - 1));
  }
  return nearest;
}

Status evaluate(const Evaluation& e) {
  const Shape& in = e.inputs[0].shape();
  const Shape& out = e.outputs[0].shape();
  const std::vector<int64_t> rows = positions(e.node, in[1], out[1]);
  const std::vector<int64_t> columns = positions(e.node, in[2], out[2]);
  const size_t pixel = storage_bytes(e.inputs[0].dtype(), in[3]);
  std::byte* y = e.outputs[0].data;
  for (int64_t b = 0; b < in[0]; ++b) {
    for (int64_t row : rows) {
      for (int64_t column : columns) {
        const int64_t from = (b * in[1] + row) * in[2] + column;
        std::memcpy(y, e.inputs[0].data + static_cast<size_t>(from) * pixel, pixel);
        y += pixel;
      }
    }
  }
  return {};
}

}  // namespace

const OpDef& op_resize_nearest_neighbor() {
  static const OpDef def = [] {
    OpDef resize = resize_operator("RESIZE_NEAREST_NEIGHBOR", 97);
    resize.options_record = "ResizeNearestNeighborOptions";
    resize.summary = "y[b,i,j,c] = x[b,floor(i*H/H'),floor(j*W/W'),c]";
    resize.evaluate = evaluate;
    return resize;
  }();
  return def;
}

}  // namespace pestle::ops
