#include "formats/onnx/window.h"

#include <fmt/core.h>

namespace pestle::formats::onnx {
namespace {

// How many spatial axes the node's input has in the source.
int spatial_axes_of(const NodeContext& node) { return node.rank(0) - 2; }

Status set_explicit_padding(NodeContext& node, SpatialWindow& window) {
  const int count = spatial_axes_of(node);
  const std::vector<int64_t> pads = node.integers("pads", std::vector<int64_t>(2 * count, 0));
  if (pads.size() != static_cast<size_t>(2 * count))
    return fail(ErrorCode::kInvalidModel, "its attribute \"pads\" has the wrong length");
  for (int i = 0; i < count; ++i) {
    WindowAxis& axis = window.axes[2 - count + i];
    axis.begin = pads[i];
    axis.end = pads[count + i];
  }
  return {};
}

// auto_pad SAME_*: out = ceil(in / stride); the odd cell goes to the end (upper) or to the start (lower).
Status set_padding(NodeContext& node, SpatialWindow& window) {
  const std::string mode = node.text("auto_pad", "NOTSET");
  if (mode == "NOTSET") return set_explicit_padding(node, window);
  if (mode == "VALID") return {};
  if (mode != "SAME_UPPER" && mode != "SAME_LOWER")
    return fail(ErrorCode::kInvalidModel, fmt::format("auto_pad is \"{}\"", mode));
  for (WindowAxis& axis : window.axes) {
    if (axis.stride < 1 || axis.dilation < 1) continue;  // resolve_window() refuses them
    const int64_t out = (axis.in + axis.stride - 1) / axis.stride;
    const int64_t total = std::max<int64_t>((out - 1) * axis.stride + axis.reach() - axis.in, 0);
    axis.begin = mode == "SAME_UPPER" ? total / 2 : total - total / 2;
    axis.end = total - axis.begin;
  }
  return {};
}

Result<SpatialWindow> finish_window(NodeContext& node, const Shape& image, std::array<int64_t, 2> kernel) {
  PESTLE_ASSIGN(const auto strides, spatial_attribute(node, "strides", 1));
  PESTLE_ASSIGN(const auto dilations, spatial_attribute(node, "dilations", 1));
  SpatialWindow window;
  constexpr int64_t kLargest = int64_t{1} << 24;  // keeps the products below small
  for (int i = 0; i < 2; ++i) {
    window.axes[i] = {image[2 + i], kernel[i], strides[i], dilations[i]};
    if (std::max({kernel[i], strides[i], dilations[i]}) > kLargest)
      return fail(ErrorCode::kInvalidModel, "the window is absurdly large");
    window.axes[i].ceil = node.integer("ceil_mode", 0) != 0;
  }
  PESTLE_TRY(set_padding(node, window));
  for (int i = 0; i < 2; ++i) {
    PESTLE_ASSIGN(window.padded[i], resolve_window(window.axes[i]));
  }
  return window;
}

}  // namespace

Result<std::array<int64_t, 2>> spatial_attribute(NodeContext& node, const char* name, int64_t fallback) {
  const int count = spatial_axes_of(node);
  const std::vector<int64_t> values = node.integers(name, std::vector<int64_t>(count, fallback));
  if (values.size() != static_cast<size_t>(count))
    return fail(ErrorCode::kInvalidModel, fmt::format("its attribute \"{}\" has the wrong length", name));
  return std::array<int64_t, 2>{count == 2 ? values[0] : fallback, values.back()};
}

Result<SpatialWindow> read_window(NodeContext& node, const Shape& image, const Shape& kernel) {
  return finish_window(node, image, {kernel.back(1), kernel.back(0)});
}

Result<SpatialWindow> read_pool_window(NodeContext& node, const Shape& image) {
  if (!node.has_attribute("kernel_shape"))
    return fail(ErrorCode::kInvalidModel, "lacks the attribute \"kernel_shape\"");
  PESTLE_ASSIGN(const auto kernel, spatial_attribute(node, "kernel_shape", 1));
  PESTLE_ASSIGN(const SpatialWindow window, finish_window(node, image, kernel));
  if (window.axes[0].dilation != 1 || window.axes[1].dilation != 1) return unsupported("TFLite has no dilated pools");
  return window;
}

Result<const char*> pad_for(Emitter& emit, const SpatialWindow& window, ValueId& x) {
  // Where nothing is padded either way, SAME is the form in which TFLite's own converter writes convolutions.
  if (window.padded[0].is_same && window.padded[1].is_same) return "SAME";
  const char* padding = padding_name(window.padded[0], window.padded[1]);
  if (*padding != '\0') return padding;
  PESTLE_ASSIGN(x, pad_spatial(emit, x, window.padded[0], window.padded[1]));
  return "VALID";
}

std::vector<Property> pool_options(const SpatialWindow& window, const char* padding) {
  return {{"padding", padding},
          {"stride_h", window.axes[0].stride},
          {"stride_w", window.axes[1].stride},
          {"filter_height", window.axes[0].kernel},
          {"filter_width", window.axes[1].kernel}};
}

Result<ValueId> with_two_spatial_axes(Emitter& emit, ValueId value) {
  const Shape& shape = emit.shape(value);
  if (shape.rank() == 4) return value;
  if (shape.rank() != 3)
    return unsupported(fmt::format("a tensor of rank {}: only one and two spatial axes are supported", shape.rank()));
  return emit.reshape(value, {shape[0], shape[1], 1, shape[2]});
}

Result<ValueId> with_spatial_axes(Emitter& emit, ValueId value, int spatial_axes) {
  const Shape& shape = emit.shape(value);
  if (spatial_axes == 2) return value;
  return emit.reshape(value, {shape[0], shape[1], shape[3]});
}

Result<ValueId> bias_or_zeros(NodeContext& node, int i, int64_t channels) {
  PESTLE_TRY(check_affordable(channels));
  if (!node.has(i)) return node.emit().floats({channels}, std::vector<float>(channels));
  if (node.shape(i).is_static() && node.shape(i).elements() == channels)
    return node.emit().reshape(node.input(i), {channels});
  return fail(ErrorCode::kInvalidModel,
              fmt::format("its bias has the shape {}, expected {}", to_string(node.shape(i)), channels));
}

}  // namespace pestle::formats::onnx
