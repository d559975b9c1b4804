#include "formats/onnx/window.h"

#include <fmt/core.h>

namespace pestle::formats::onnx {
namespace {

// How many spatial axes the node's input has in the source.
int spatial_axes_of(const NodeContext& node) { return node.rank(0) - 2; }

Failure wrong_length(const char* name) {
  return fail(ErrorCode::kInvalidModel, fmt::format("its attribute \"{}\" has the wrong length", name));
}

Status set_explicit_padding(NodeContext& node, Windows& windows) {
  const size_t count = windows.axes.size();
  const std::vector<int64_t> pads = node.integers("pads", std::vector<int64_t>(2 * count, 0));
  if (pads.size() != 2 * count) return wrong_length("pads");
  for (size_t i = 0; i < count; ++i) {
    windows.axes[i].begin = pads[i];
    windows.axes[i].end = pads[count + i];
  }
  return {};
}

// auto_pad SAME_*: out = ceil(in / stride); the odd cell goes to the end (upper) or to the start (lower).
Status set_padding(NodeContext& node, Windows& windows) {
  const std::string mode = node.text("auto_pad", "NOTSET");
  if (mode == "NOTSET") return set_explicit_padding(node, windows);
  if (mode == "VALID") return {};
  if (mode != "SAME_UPPER" && mode != "SAME_LOWER")
    return fail(ErrorCode::kInvalidModel, fmt::format("auto_pad is \"{}\"", mode));
  for (WindowAxis& axis : windows.axes) {
    if (axis.stride < 1 || axis.dilation < 1) continue;  // resolve_window() refuses them
    const int64_t out = (axis.in + axis.stride - 1) / axis.stride;
    const int64_t total = std::max<int64_t>((out - 1) * axis.stride + axis.reach() - axis.in, 0);
    axis.begin = mode == "SAME_UPPER" ? total / 2 : total - total / 2;
    axis.end = total - axis.begin;
  }
  return {};
}

// Rows and columns; a single axis is the columns of an image of one row.
SpatialWindow two_axes(const Windows& windows) {
  SpatialWindow window;
  window.axes[0] = {1, 1, 1, 1};
  window.padded[0] = {1, 0, 0, true, true};
  const size_t count = windows.axes.size();
  for (size_t i = 0; i < count; ++i) {
    window.axes[2 - count + i] = windows.axes[i];
    window.padded[2 - count + i] = windows.padded[i];
  }
  return window;
}

}  // namespace

Result<std::vector<int64_t>> spatial_attributes(NodeContext& node, const char* name, int64_t fallback) {
  const auto count = static_cast<size_t>(std::max(spatial_axes_of(node), 0));
  std::vector<int64_t> values = node.integers(name, std::vector<int64_t>(count, fallback));
  if (values.size() != count) return wrong_length(name);
  return values;
}

Result<std::array<int64_t, 2>> spatial_attribute(NodeContext& node, const char* name, int64_t fallback) {
  PESTLE_ASSIGN(const auto values, spatial_attributes(node, name, fallback));
  if (values.empty() || values.size() > 2) return wrong_length(name);
  return std::array<int64_t, 2>{values.size() == 2 ? values[0] : fallback, values.back()};
}

Result<Windows> read_windows(NodeContext& node, const std::vector<int64_t>& kernel) {
  const Shape image = node.shape(0);
  PESTLE_ASSIGN(const auto strides, spatial_attributes(node, "strides", 1));
  PESTLE_ASSIGN(const auto dilations, spatial_attributes(node, "dilations", 1));
  if (kernel.size() != strides.size() || kernel.empty())
    return fail(ErrorCode::kInvalidModel, "its window does not fit its input");
  Windows windows;
  constexpr int64_t kLargest = int64_t{1} << 24;  // keeps the products below small
  for (size_t i = 0; i < kernel.size(); ++i) {
    if (std::max({kernel[i], strides[i], dilations[i]}) > kLargest)
      return fail(ErrorCode::kInvalidModel, "the window is absurdly large");
    WindowAxis axis{image[2 + static_cast<int>(i)], kernel[i], strides[i], dilations[i]};
    axis.ceil = node.integer("ceil_mode", 0) != 0;
    windows.axes.push_back(axis);
  }
  PESTLE_TRY(set_padding(node, windows));
  for (const WindowAxis& axis : windows.axes) {
    PESTLE_ASSIGN(const PaddedAxis padded, resolve_window(axis));
    windows.padded.push_back(padded);
  }
  return windows;
}

Result<SpatialWindow> read_window(NodeContext& node, const Shape& kernel) {
  std::vector<int64_t> extents(kernel.begin() + std::min(kernel.rank(), 2), kernel.end());
  PESTLE_ASSIGN(const Windows windows, read_windows(node, extents));
  if (windows.axes.size() > 2) return unsupported("only one and two spatial axes are supported");
  return two_axes(windows);
}

Result<Windows> read_pool_windows(NodeContext& node) {
  if (!node.has_attribute("kernel_shape"))
    return fail(ErrorCode::kInvalidModel, "lacks the attribute \"kernel_shape\"");
  if (node.rank(0) < 3) return fail(ErrorCode::kInvalidModel, "its input has no spatial axis");
  PESTLE_ASSIGN(const auto kernel, spatial_attributes(node, "kernel_shape", 1));
  return read_windows(node, kernel);
}

std::optional<SpatialWindow> native_window(const Windows& windows) {
  if (windows.axes.size() > 2) return std::nullopt;
  for (const WindowAxis& axis : windows.axes) {
    if (axis.dilation != 1) return std::nullopt;
  }
  return two_axes(windows);
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
