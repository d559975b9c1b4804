// DeformConv: every tap of the kernel is sampled linearly where its offset moves it; the samples of all taps and
// channels times the weights are a product of matrices.
#include <limits>

#include "formats/onnx/sample.h"
#include "formats/onnx/window.h"

namespace pestle::formats::onnx {
namespace {

struct Sizes {
  int64_t batch, channels, groups, offset_groups, taps, rows, columns;  // rows, columns: of the result
  int64_t positions() const { return rows * columns; }
};

Result<Sizes> read_sizes(NodeContext& node, const SpatialWindow& window) {
  const Shape x = node.shape(0), weights = node.shape(1);
  Sizes s{};
  s.batch = x[0];
  s.channels = x[1];
  s.groups = node.integer("group", 1);
  s.offset_groups = node.integer("offset_group", 1);
  s.taps = window.axes[0].kernel * window.axes[1].kernel;
  s.rows = window.padded[0].out;
  s.columns = window.padded[1].out;
  const bool fits = s.groups >= 1 && s.groups <= 64 && s.offset_groups >= 1 && s.channels % s.groups == 0 &&
                    s.channels % s.offset_groups == 0 && weights[1] == s.channels / s.groups &&
                    weights[0] % s.groups == 0;
  if (!fits || s.channels < 1) return fail(ErrorCode::kInvalidModel, "its operands do not fit each other");
  for (int64_t extent : {s.rows, s.columns, s.taps, s.batch, s.offset_groups}) PESTLE_TRY(check_affordable(extent));
  PESTLE_TRY(check_affordable(s.offset_groups * s.taps));
  const bool moves = node.shape(2) == Shape{s.batch, s.offset_groups * s.taps * 2, s.rows, s.columns} &&
                     (!node.has(4) || node.shape(4) == Shape{s.batch, s.offset_groups * s.taps, s.rows, s.columns});
  if (!moves) return fail(ErrorCode::kInvalidModel, "its offsets or its mask do not fit");
  PESTLE_TRY(check_affordable(s.positions()));
  PESTLE_TRY(check_affordable(s.positions() * s.taps));
  PESTLE_TRY(check_affordable(s.batch * s.offset_groups));
  if (x.elements() < 1 || x.elements() > std::numeric_limits<int32_t>::max())
    return unsupported("an image of this size");
  return s;
}

// [images, taps, positions]: where the taps lie along rows (0) or columns (1).
ValueId tap_places(NodeContext& node, Formula& f, const Sizes& s, const SpatialWindow& window, int axis) {
  std::vector<float> places;
  for (int64_t tap = 0; tap < s.taps; ++tap) {
    for (int64_t position = 0; position < s.positions(); ++position) {
      const WindowAxis& along = window.axes[axis];
      const int64_t at = axis == 0 ? position / s.columns : position % s.columns;
      const int64_t step = axis == 0 ? tap / window.axes[1].kernel : tap % window.axes[1].kernel;
      places.push_back(static_cast<float>(at * along.stride - along.begin + step * along.dilation));
    }
  }
  const int64_t images = s.batch * s.offset_groups;
  const ValueId offsets = f.reshape(node.input(2), {images, s.taps, 2, s.positions()});
  const ValueId moved = f.reshape(f.slice(offsets, 2, axis, 1), {images, s.taps, s.positions()});
  return f.add(moved, f.emit().floats({1, s.taps, s.positions()}, places));
}

// [images, taps, positions, channels of an offset group]
ValueId sample_taps(NodeContext& node, Formula& f, const Sizes& s, const SpatialWindow& window) {
  const int64_t height = window.axes[0].in, width = window.axes[1].in, images = s.batch * s.offset_groups;
  const int64_t own = s.channels / s.offset_groups;
  Sampling sampling;
  const ValueId image = f.reshape(node.input(0), {images, own, height * width});
  sampling.rows = f.reshape(f.transpose(image, {0, 2, 1}), {images * height * width, own});
  std::vector<int32_t> firsts;
  for (int64_t i = 0; i < images; ++i) firsts.push_back(static_cast<int32_t>(i * height * width));
  sampling.first = f.emit().constant({DType::kInt32, {images, 1, 1}, std::as_bytes(std::span(firsts))});
  sampling.axes = {linear_taps(f, tap_places(node, f, s, window, 0), {height, width}),
                   linear_taps(f, tap_places(node, f, s, window, 1), {width, 1})};
  const ValueId values = sample(f, sampling);
  if (!node.has(4)) return values;
  return f.mul(values, f.reshape(node.input(4), {images, s.taps, s.positions(), 1}));
}

Result<ValueIds> map(NodeContext& node) {
  if (node.rank(0) != 4 || node.rank(1) != 4 || node.rank(2) != 4)
    return unsupported("only two spatial axes are supported");
  PESTLE_ASSIGN(const SpatialWindow window, read_window(node, node.shape(1)));
  PESTLE_ASSIGN(const Sizes s, read_sizes(node, window));
  const int64_t out = node.shape(1)[0], own = s.channels / s.offset_groups;
  Formula f(node.emit());
  const ValueId values = sample_taps(node, f, s, window);
  const ValueId split = f.reshape(values, {s.batch, s.offset_groups, s.taps, s.positions(), own});
  // [N, positions, channels, taps]
  const ValueId columns = f.reshape(f.transpose(split, {0, 3, 1, 4, 2}), {s.batch, s.positions(), s.channels * s.taps});
  const ValueId weights = f.reshape(node.input(1), {out, s.channels / s.groups * s.taps});
  const int64_t in = s.channels / s.groups * s.taps, outs = out / s.groups;
  ValueIds parts;
  for (int64_t g = 0; g < s.groups; ++g)
    parts.push_back(f.matmul(f.slice(columns, 2, g * in, in), f.slice(weights, 0, g * outs, outs), true));
  ValueId y = f.concat(parts, 2);
  if (node.has(3)) {
    PESTLE_ASSIGN(const ValueId bias, bias_or_zeros(node, 3, out));
    y = f.add(y, bias);
  }
  return f.result(f.reshape(f.transpose(y, {0, 2, 1}), {s.batch, out, s.rows, s.columns}));
}

}  // namespace

const Mapping& map_deform_conv() {
  static const Mapping mapping = {{"DeformConv"}, 3, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
