// Resize, Upsample -> RESIZE_NEAREST_NEIGHBOR or RESIZE_BILINEAR, channels last, for those pairs of modes that TFLite
// computes alike (facts: measured against ONNX Runtime over upward, downward and fractional ratios). Everything else is
// done axis by axis: GATHER of the nearest cells, or a product with a constant matrix of weights.
#include <array>
#include <cmath>

#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"
#include "formats/onnx/resize_axis.h"

namespace pestle::formats::onnx {
namespace {

constexpr int64_t kLargest = int64_t{1} << 24;  // extents and weights of an axis

struct Request {
  ResizeModes modes;
  std::vector<AxisResize> axes;
  float extrapolation = 0;
};

int64_t extent_of(double exact) { return static_cast<int64_t>(std::floor(exact)); }

// Sizes of all given axes from one scale: the smallest (not_larger) or the largest (not_smaller) that they ask for.
void keep_ratio(NodeContext& node, std::vector<AxisResize>& axes) {
  const std::string policy = node.text("keep_aspect_ratio_policy", "stretch");
  if (policy == "stretch" || axes.empty()) return;
  double scale = axes[0].scale;
  for (const AxisResize& axis : axes)
    scale = policy == "not_larger" ? std::min(scale, axis.scale) : std::max(scale, axis.scale);
  for (AxisResize& axis : axes) {
    axis.scale = scale;
    axis.out = static_cast<int64_t>(std::floor(scale * static_cast<double>(axis.in) + 0.5));
  }
}

Result<std::vector<float>> scales_of(NodeContext& node, int operand) {
  if (node.is_before(7)) return std::vector<float>{1, 1, node.number("height_scale", 1), node.number("width_scale", 1)};
  if (node.opset() < 9) return node.numbers("scales");
  if (!node.has(operand)) return fail(ErrorCode::kInvalidModel, "has neither scales nor sizes");
  return node.floats(operand, "scales");
}

Result<std::vector<AxisResize>> read_axes(NodeContext& node) {
  const bool is_new = node.op_type() == "Resize" && node.opset() >= 11;
  const Shape& shape = node.shape(0);
  std::vector<int64_t> places;
  for (int axis = 0; axis < shape.rank(); ++axis) places.push_back(axis);
  if (node.has_attribute("axes")) {
    PESTLE_ASSIGN(places, node.axes(node.integers("axes"), shape.rank()));
  }
  std::vector<int64_t> sizes;
  std::vector<float> scales;
  if (is_new && node.has(3)) {
    PESTLE_ASSIGN(sizes, node.ints(3, "sizes"));
  } else {
    PESTLE_ASSIGN(scales, scales_of(node, is_new ? 2 : 1));
  }
  if (std::max(sizes.size(), scales.size()) != places.size())
    return fail(ErrorCode::kInvalidModel, "its scales or sizes are not one an axis");
  std::vector<AxisResize> axes;
  for (size_t i = 0; i < places.size(); ++i) {
    AxisResize axis{static_cast<int>(places[i]), shape[static_cast<int>(places[i])]};
    const auto in = static_cast<double>(axis.in);
    axis.scale = sizes.empty() ? static_cast<double>(scales[i]) : static_cast<double>(sizes[i]) / in;
    axis.out = sizes.empty() ? extent_of(std::clamp(in * axis.scale, 0.0, 1e9)) : sizes[i];
    axes.push_back(axis);
  }
  if (!sizes.empty()) keep_ratio(node, axes);
  return axes;
}

Status read_crop(NodeContext& node, Request& request) {
  PESTLE_ASSIGN(const auto roi, node.floats(1, "region"));
  const size_t count = request.axes.size();
  if (roi.size() != 2 * count) return fail(ErrorCode::kInvalidModel, "its region is not two numbers an axis");
  for (size_t i = 0; i < count; ++i) {
    request.axes[i].start = roi[i];
    request.axes[i].end = roi[count + i];
  }
  return {};
}

Result<Request> read_request(NodeContext& node) {
  Request request;
  const bool has_modes = node.op_type() == "Resize" && node.opset() >= 11;
  ResizeModes& modes = request.modes;
  modes.mode = node.text("mode", "nearest");
  modes.coordinates = has_modes ? node.text("coordinate_transformation_mode", "half_pixel") : "asymmetric";
  modes.rounding = has_modes ? node.text("nearest_mode", "round_prefer_floor") : "floor";
  modes.cubic_a = node.number("cubic_coeff_a", -0.75f);
  modes.antialias = node.integer("antialias", 0) != 0;
  modes.exclude_outside = node.integer("exclude_outside", 0) != 0;
  request.extrapolation = node.number("extrapolation_value", 0);
  PESTLE_ASSIGN(request.axes, read_axes(node));
  if (modes.coordinates == "tf_crop_and_resize") PESTLE_TRY(read_crop(node, request));
  for (const AxisResize& axis : request.axes) {
    if (axis.in < 1 || axis.out < 1 || axis.out >= kLargest || axis.in * axis.out >= kLargest)
      return fail(ErrorCode::kInvalidModel, "its sizes are absurd");
  }
  return request;
}

bool changes(const AxisResize& axis, const ResizeModes& modes) {
  return axis.in != axis.out || axis.scale != 1 || modes.coordinates == "tf_crop_and_resize";
}

// ---- what TFLite has ----

struct Flags {
  bool align_corners = false, half_pixel_centers = false;
};

std::optional<Flags> builtin_flags(NodeContext& node, const Request& request) {
  const ResizeModes& m = request.modes;
  const std::vector<AxisResize>& axes = request.axes;
  if (node.rank(0) != 4 || axes.size() != 4 || node.has_attribute("axes")) return std::nullopt;
  if (m.antialias || m.exclude_outside || m.mode == "cubic") return std::nullopt;
  if (changes(axes[0], m) || changes(axes[1], m)) return std::nullopt;
  bool is_whole = true;  // whole multiples of the input's extents
  for (const AxisResize& axis : {axes[2], axes[3]}) {
    is_whole = is_whole && axis.out % axis.in == 0;
    // TFLite takes the ratio of the extents.
    if (std::fabs(axis.scale * static_cast<double>(axis.in) - static_cast<double>(axis.out)) > 1e-4)
      return std::nullopt;
  }
  const bool is_line = axes[2].out == 1 || axes[3].out == 1;
  // pytorch_half_pixel is half_pixel, but takes the first cell where one alone is wanted.
  const bool is_half_pixel = m.coordinates == "half_pixel" || (m.coordinates == "pytorch_half_pixel" && !is_line);
  const bool is_aligned = m.coordinates == "align_corners", is_plain = m.coordinates == "asymmetric";
  bool is_alike = m.mode == "linear" && (is_half_pixel || is_aligned || is_plain);
  if (m.mode == "nearest") {
    const bool floors = is_plain && (m.rounding == "floor" || (is_whole && m.rounding == "round_prefer_floor"));
    const bool rounds = (is_half_pixel || is_aligned) && m.rounding == "round_prefer_ceil";
    is_alike = floors || rounds || (is_half_pixel && is_whole && m.rounding == "round_prefer_floor");
  }
  if (!is_alike) return std::nullopt;
  return Flags{is_aligned, is_half_pixel};
}

Result<ValueIds> by_builtin(NodeContext& node, const Request& request, Flags flags) {
  Emitter& emit = node.emit();
  PESTLE_ASSIGN(const ValueId x, emit.to_channels_last(node.input(0)));
  const char* op = request.modes.mode == "linear" ? "RESIZE_BILINEAR" : "RESIZE_NEAREST_NEIGHBOR";
  const ValueId size = emit.ints(std::array{request.axes[2].out, request.axes[3].out});
  PESTLE_ASSIGN(const ValueId y,
                emit.emit(op, {x, size},
                          {{"align_corners", flags.align_corners}, {"half_pixel_centers", flags.half_pixel_centers}}));
  return one(emit.to_channels_first(y));
}

// ---- axis by axis ----

ValueId gather_cells(Formula& f, ValueId x, const AxisResize& axis, const ResizeModes& modes) {
  const std::vector<int32_t> cells = nearest_cells(axis, modes);
  if (std::find(cells.begin(), cells.end(), -1) != cells.end())
    return f.fail_with({ErrorCode::kUnsupported, "its region reaches beyond the picture in mode nearest", {}, {}});
  const ValueId indices = f.emit().constant({DType::kInt32, {axis.out}, std::as_bytes(std::span(cells))});
  return f.op("GATHER", {x, indices}, {{"axis", int64_t{axis.axis}}});
}

ValueId multiply_axis(Formula& f, ValueId x, const AxisResize& axis, const Request& request) {
  const ResizeWeights weights = interpolation_weights(axis, request.modes);
  const ValueId matrix = f.emit().floats({axis.out, axis.in}, weights.rows);
  ValueId bias = ir::kNoValue;
  if (std::find(weights.outside.begin(), weights.outside.end(), true) != weights.outside.end()) {
    std::vector<float> values;
    for (bool outside : weights.outside) values.push_back(outside ? request.extrapolation : 0.0f);
    bias = f.emit().floats({axis.out}, values);
  }
  if (f.failed()) return x;
  const int rank = f.shape(x).rank();
  if (rank == 1) {
    const ValueId row = f.op("FULLY_CONNECTED", {f.reshape(x, {1, axis.in}), matrix, bias});
    return f.reshape(row, {axis.out});
  }
  std::vector<int64_t> order;
  for (int i = 0; i < rank; ++i) order.push_back(i);
  std::swap(order[axis.axis], order.back());
  const ValueId y = f.op("FULLY_CONNECTED", {f.transpose(x, order), matrix, bias}, {{"keep_num_dims", rank > 2}});
  return f.transpose(y, order);
}

Result<ValueIds> by_axes(NodeContext& node, const Request& request) {
  Formula f(node.emit());
  const bool is_nearest = request.modes.mode == "nearest";
  if (!is_nearest && node.dtype(0) != DType::kFloat32) return unsupported("interpolates integers");
  ValueId x = node.input(0);
  for (const AxisResize& axis : request.axes) {
    if (!changes(axis, request.modes)) continue;
    x = is_nearest ? gather_cells(f, x, axis, request.modes) : multiply_axis(f, x, axis, request);
  }
  return f.result(x);
}

Result<ValueIds> map(NodeContext& node) {
  if (!node.shape(0).is_static()) return unsupported("its input has a size that is known only while the model runs");
  PESTLE_ASSIGN(const Request request, read_request(node));
  const std::string& mode = request.modes.mode;
  if (mode != "nearest" && mode != "linear" && mode != "cubic") return unsupported("resizes by mode " + mode);
  if (const auto flags = builtin_flags(node, request)) return by_builtin(node, request, *flags);
  return by_axes(node, request);
}

}  // namespace

const Mapping& map_resize() {
  static const Mapping mapping = {{"Resize", "Upsample"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
