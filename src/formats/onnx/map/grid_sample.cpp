// GridSample: the image [N, C, ...] at the places of a grid [N, ..., n], whose coordinates, the last axis first, run
// from -1 to 1 over the image.
#include <algorithm>
#include <limits>
#include <numeric>

#include "formats/onnx/mapping.h"
#include "formats/onnx/sample.h"

namespace pestle::formats::onnx {
namespace {

struct Modes {
  std::string mode;
  Outside outside = Outside::kZeros;
  bool align_corners = false;
};

Result<Modes> read_modes(NodeContext& node) {
  Modes modes;
  modes.mode = node.text("mode", node.opset() < 20 ? "bilinear" : "linear");
  if (modes.mode == "bilinear") modes.mode = "linear";
  if (modes.mode == "bicubic") modes.mode = "cubic";
  const std::string padding = node.text("padding_mode", "zeros");
  modes.align_corners = node.integer("align_corners", 0) != 0;
  if (modes.mode != "linear" && modes.mode != "cubic" && modes.mode != "nearest")
    return unsupported("samples by mode \"" + modes.mode + "\"");
  if (padding == "border") modes.outside = Outside::kBorder;
  if (padding == "reflection") modes.outside = Outside::kReflection;
  if (modes.outside == Outside::kZeros && padding != "zeros") return unsupported("padding of mode \"" + padding + "\"");
  return modes;
}

// From -1 .. 1 to elements.
ValueId element_place(Formula& f, ValueId coordinate, const SampledAxis& axis) {
  const auto extent = static_cast<float>(axis.extent);
  const ValueId from_zero = f.add(coordinate, f.number(1));
  if (axis.align_corners) return f.mul(f.scale(from_zero, 0.5f), f.number(extent - 1));
  return f.scale(f.sub(f.mul(from_zero, f.number(extent)), f.number(1)), 0.5f);
}

Taps taps_of(Formula& f, ValueId place, const SampledAxis& axis, const Modes& modes) {
  if (modes.mode == "nearest") place = f.op("ROUND", {place});
  if (axis.outside == Outside::kReflection) place = reflected(f, place, axis);
  if (axis.outside == Outside::kBorder) {
    // Only places outside the image move to the middle of its last element.
    const double border = modes.align_corners ? 0 : 0.5, last = static_cast<double>(axis.extent - 1);
    const ValueId inside = f.op("EQUAL", {clamped(f, place, -border, last + border), place});
    place = f.select(inside, place, clamped(f, place, 0, last));
  }
  if (modes.mode == "nearest") return nearest_taps(f, place, axis);
  return modes.mode == "linear" ? linear_taps(f, place, axis) : cubic_taps(f, place, axis);
}

Result<ValueIds> map(NodeContext& node) {
  const Shape image = node.shape(0), grid = node.shape(1);
  const int count = image.rank() - 2;
  if (count < 1 || count > 3 || grid.rank() != image.rank() || grid.back(0) != count || grid[0] != image[0])
    return fail(ErrorCode::kInvalidModel, "its grid does not fit its image");
  if (node.dtype(0) != DType::kFloat32) return unsupported("samples an image of integers");
  if (image.elements() < 1 || grid.elements() < 1) return unsupported("an empty image or grid");
  PESTLE_ASSIGN(const Modes modes, read_modes(node));
  if (modes.mode == "cubic" && count == 3) return unsupported("samples volumes by cubic weights");
  int64_t elements = 1;
  for (int axis = 2; axis < image.rank(); ++axis) elements *= image[axis];
  constexpr int64_t kMost = std::numeric_limits<int32_t>::max();
  if (elements < 1 || elements * image[0] > kMost) return unsupported("an image of this size");
  PESTLE_TRY(check_affordable(image[0]));
  Formula f(node.emit());
  const int64_t points = grid.elements() / (grid[0] * count);
  std::vector<int64_t> order(image.rank());
  std::iota(order.begin(), order.end(), 0);
  std::rotate(order.begin() + 1, order.begin() + 2, order.end());
  Sampling sampling;
  sampling.rows = f.reshape(f.transpose(node.input(0), order), {image[0] * elements, image[1]});
  std::vector<int32_t> firsts;
  for (int64_t n = 0; n < image[0]; ++n) firsts.push_back(static_cast<int32_t>(n * elements));
  sampling.first = f.emit().constant({DType::kInt32, {image[0], 1}, std::as_bytes(std::span(firsts))});
  const ValueId places = f.reshape(node.input(1), {image[0], points, count});
  int64_t stride = elements;
  for (int i = 0; i < count; ++i) {
    stride /= image[2 + i];
    const SampledAxis axis{image[2 + i], stride, modes.outside, modes.align_corners};
    const ValueId coordinate = f.reshape(f.slice(places, 2, count - 1 - i, 1), {image[0], points});
    sampling.axes.push_back(taps_of(f, element_place(f, coordinate, axis), axis, modes));
  }
  Shape out{image[0], image[1]};
  for (int i = 1; i + 1 < grid.rank(); ++i) out.push_back(grid[i]);
  return f.result(f.reshape(f.transpose(sample(f, sampling), {0, 2, 1}), out));
}

}  // namespace

const Mapping& map_grid_sample() {
  static const Mapping mapping = {{"GridSample"}, 2, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
