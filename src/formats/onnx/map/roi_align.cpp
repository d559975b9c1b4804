// RoiAlign: every region of interest is sampled at sampling_ratio places a bin and axis, linearly; the average or the
// maximum of a bin is a pool of that size. Places that are more than an element outside the image count as 0.
#include <limits>

#include "formats/onnx/mapping.h"
#include "formats/onnx/sample.h"

namespace pestle::formats::onnx {
namespace {

struct Request {
  int64_t ratio = 0, height = 1, width = 1;
  float scale = 1;
  bool half_pixel = true;  // regions are shifted by half an element
  bool maximum = false;
};

Result<Request> read_request(NodeContext& node) {
  Request r;
  r.ratio = node.integer("sampling_ratio", 0);
  r.height = node.integer("output_height", 1);
  r.width = node.integer("output_width", 1);
  r.scale = node.number("spatial_scale", 1);
  r.half_pixel = node.opset() >= 16 && node.text("coordinate_transformation_mode", "half_pixel") == "half_pixel";
  r.maximum = node.text("mode", "avg") == "max";
  constexpr int64_t kMost = 1 << 12;
  if (r.ratio <= 0) return unsupported("as many samples a bin as the size of a region asks for (sampling_ratio 0)");
  for (int64_t extent : {r.ratio, r.height, r.width}) {
    if (extent < 1 || extent > kMost) return fail(ErrorCode::kInvalidModel, "its bins are absurd");
  }
  return r;
}

// [R, bins * ratio]: places of the samples along one axis.
ValueId sample_places(NodeContext& node, Formula& f, const Request& r, int axis, int64_t bins) {
  const auto edge = [&](int column) {
    const ValueId scaled = f.scale(f.slice(node.input(1), 1, column, 1), r.scale);
    return r.half_pixel ? f.sub(scaled, f.number(0.5f)) : scaled;
  };
  const ValueId begin = edge(axis), end = edge(2 + axis);
  ValueId size = f.sub(end, begin);
  if (!r.half_pixel) size = f.op("MAXIMUM", {size, f.number(1)});
  std::vector<float> offsets;
  for (int64_t i = 0; i < bins * r.ratio; ++i)
    offsets.push_back(static_cast<float>((static_cast<double>(i) + 0.5) / static_cast<double>(r.ratio * bins)));
  const ValueId along = f.emit().floats({1, bins * r.ratio}, offsets);
  return f.add(begin, f.mul(size, along));
}

// The two elements about each place; before the first and behind the last it is that element alone.
Taps taps_of(Formula& f, ValueId place, int64_t extent, int64_t stride) {
  const ValueId inside =
      f.cast(f.op("EQUAL", {clamped(f, place, -1, static_cast<double>(extent)), place}), DType::kFloat32);
  Taps taps = linear_taps(f, clamped(f, place, 0, static_cast<double>(extent - 1)), {extent, stride, Outside::kBorder});
  for (Tap& tap : taps) tap.weight = f.mul(tap.weight, inside);
  return taps;
}

Taps with_shape(Formula& f, Taps taps, const Shape& shape) {
  for (Tap& tap : taps) tap = {f.reshape(tap.row, shape), f.reshape(tap.weight, shape)};
  return taps;
}

Result<ValueIds> map(NodeContext& node) {
  const Shape image = node.shape(0), regions = node.shape(1);
  if (image.rank() != 4 || regions.rank() != 2 || regions[1] != 4 || !(node.shape(2) == Shape{regions[0]}))
    return fail(ErrorCode::kInvalidModel, "its regions do not fit its image");
  if (image.elements() < 1 || image.elements() > std::numeric_limits<int32_t>::max() || regions[0] < 1)
    return unsupported("an image of this size");
  PESTLE_ASSIGN(const Request r, read_request(node));
  Formula f(node.emit());
  const int64_t count = regions[0], rows = r.height * r.ratio, columns = r.width * r.ratio;
  const ValueId y = sample_places(node, f, r, 1, r.height), x = sample_places(node, f, r, 0, r.width);
  Sampling sampling;
  sampling.rows = f.reshape(f.transpose(node.input(0), {0, 2, 3, 1}), {image[0] * image[2] * image[3], image[1]});
  const ValueId batch = f.reshape(f.cast(node.input(2), DType::kInt32), {count, 1, 1});
  sampling.first = f.mul(batch, f.emit().integer(image[2] * image[3]));
  sampling.axes = {with_shape(f, taps_of(f, y, image[2], image[3]), {count, rows, 1}),
                   with_shape(f, taps_of(f, x, image[3], 1), {count, 1, columns})};
  if (r.maximum) sampling.combine = "MAXIMUM";
  const ValueId bins = f.op(r.maximum ? "MAX_POOL_2D" : "AVERAGE_POOL_2D", {sample(f, sampling)},
                            {{"padding", "VALID"},
                             {"stride_h", r.ratio},
                             {"stride_w", r.ratio},
                             {"filter_height", r.ratio},
                             {"filter_width", r.ratio}});
  return f.result(f.transpose(bins, {0, 3, 1, 2}));
}

}  // namespace

const Mapping& map_roi_align() {
  static const Mapping mapping = {{"RoiAlign"}, 3, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
