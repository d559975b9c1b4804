// Resize, Upsample -> RESIZE_NEAREST_NEIGHBOR or RESIZE_BILINEAR, channels last. Only those pairs of modes that TFLite
// computes alike are taken (facts: measured against ONNX Runtime over upward, downward and fractional ratios).
#include <fmt/core.h>

#include <array>
#include <cmath>

#include "formats/core/spatial.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

struct Flags {
  bool align_corners = false;
  bool half_pixel_centers = false;
};

struct Target {
  int64_t rows = 0, columns = 0;
  bool is_whole = true;  // rows and columns are whole multiples of the input's

  bool is_line() const { return rows == 1 || columns == 1; }
};

// Extents of the result; the batch and the channels must stay.
Result<Target> read_target(NodeContext& node) {
  const bool is_new = node.op_type() == "Resize" && node.opset() >= 11;
  const Shape& shape = node.shape(0);
  std::vector<int64_t> extents;
  const int scales_at = is_new ? 2 : 1;
  if (is_new && node.has(3)) {
    PESTLE_ASSIGN(extents, node.ints(3, "sizes"));
  } else {
    std::vector<float> scales = node.numbers("scales");
    if (node.opset() >= 9) {
      if (!node.has(scales_at)) return fail(ErrorCode::kInvalidModel, "has neither scales nor sizes");
      PESTLE_ASSIGN(scales, node.floats(scales_at, "scales"));
    }
    if (scales.size() != 4) return unsupported("does not scale all four axes of an image");
    for (int i = 0; i < 4; ++i) {
      const double exact = static_cast<double>(shape[i]) * scales[i];
      if (!(exact >= 1 && exact < 1 << 24)) return fail(ErrorCode::kInvalidModel, "its scales are absurd");
      if (exact != std::floor(exact)) return unsupported("a scale that makes no whole size");
      extents.push_back(static_cast<int64_t>(exact));
    }
  }
  if (extents.size() != 4 || extents[0] != shape[0] || extents[1] != shape[1])
    return unsupported("resizes more than the two axes of an image");
  if (extents[2] < 1 || extents[3] < 1) return fail(ErrorCode::kInvalidModel, "its sizes are absurd");
  return Target{extents[2], extents[3], extents[2] % shape[2] == 0 && extents[3] % shape[3] == 0};
}

Result<Flags> read_flags(NodeContext& node, const std::string& mode, const Target& target) {
  const bool has_modes = node.op_type() == "Resize" && node.opset() >= 11;
  const std::string coordinates = has_modes ? node.text("coordinate_transformation_mode", "half_pixel") : "asymmetric";
  const std::string rounding = has_modes ? node.text("nearest_mode", "round_prefer_floor") : "floor";
  // pytorch_half_pixel is half_pixel, but takes the first cell where one alone is wanted.
  const bool is_half_pixel = coordinates == "half_pixel" || (coordinates == "pytorch_half_pixel" && !target.is_line());
  bool is_alike = mode == "linear" && (is_half_pixel || coordinates == "align_corners" || coordinates == "asymmetric");
  if (mode == "nearest") {
    const bool floors =
        coordinates == "asymmetric" && (rounding == "floor" || (target.is_whole && rounding == "round_prefer_floor"));
    const bool rounds = (is_half_pixel || coordinates == "align_corners") && rounding == "round_prefer_ceil";
    is_alike = floors || rounds || (is_half_pixel && target.is_whole && rounding == "round_prefer_floor");
  }
  if (!is_alike)
    return unsupported(fmt::format("TFLite does not resize by mode {} with {} ({})", mode, coordinates, rounding));
  return Flags{coordinates == "align_corners", is_half_pixel};
}

Result<ValueIds> map(NodeContext& node) {
  if (node.rank(0) != 4) return unsupported("its input is no image of four axes");
  if (node.integer("antialias", 0) != 0 || node.has_attribute("axes") ||
      node.text("keep_aspect_ratio_policy", "stretch") != "stretch") {
    return unsupported("antialias, axes or keep_aspect_ratio_policy is set");
  }
  PESTLE_ASSIGN(const Target target, read_target(node));
  const std::string mode = node.text("mode", "nearest");
  PESTLE_ASSIGN(const Flags flags, read_flags(node, mode, target));
  Emitter& emit = node.emit();
  PESTLE_ASSIGN(const ValueId x, emit.to_channels_last(node.input(0)));
  const char* op = mode == "linear" ? "RESIZE_BILINEAR" : "RESIZE_NEAREST_NEIGHBOR";
  const ValueId size = emit.ints(std::array{target.rows, target.columns});
  PESTLE_ASSIGN(const ValueId y,
                emit.emit(op, {x, size},
                          {{"align_corners", flags.align_corners}, {"half_pixel_centers", flags.half_pixel_centers}}));
  return one(emit.to_channels_first(y));
}

}  // namespace

const Mapping& map_resize() {
  static const Mapping mapping = {{"Resize", "Upsample"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
