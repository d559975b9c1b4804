// What Conv, ConvTranspose and the pools share: kernel, strides, dilations and padding of their windows. Where TFLite
// has two-dimensional operators, values of one spatial axis are given a unit axis in front of it and treated as
// two-dimensional.
#pragma once

#include <array>

#include "formats/core/spatial.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {

// Along every spatial axis.
struct Windows {
  std::vector<WindowAxis> axes;
  std::vector<PaddedAxis> padded;  // what they come to
};

struct SpatialWindow {
  std::array<WindowAxis, 2> axes;    // rows, columns
  std::array<PaddedAxis, 2> padded;  // what they come to
};

// Attributes strides, dilations, pads and auto_pad over input 0 and a kernel of those spatial extents.
Result<Windows> read_windows(NodeContext& node, const std::vector<int64_t>& kernel);
// The same for one or two spatial axes and weights [O, I, ...].
Result<SpatialWindow> read_window(NodeContext& node, const Shape& kernel);
// The same for a pool, whose kernel is an attribute.
Result<Windows> read_pool_windows(NodeContext& node);
// The window where TFLite's own pools have it: over one or two axes, not dilated.
std::optional<SpatialWindow> native_window(const Windows& windows);

// The values of a spatial attribute, one an axis; `fallback` where it is absent.
Result<std::vector<int64_t>> spatial_attributes(NodeContext& node, const char* name, int64_t fallback);
// The same for rows and columns.
Result<std::array<int64_t, 2>> spatial_attribute(NodeContext& node, const char* name, int64_t fallback);

// Pads a channels-last value with zeros if TFLite's own padding cannot express the window; the padding to name.
Result<const char*> pad_for(Emitter& emit, const SpatialWindow& window, ValueId& x);

std::vector<Property> pool_options(const SpatialWindow& window, const char* padding);

// [N, C, W] -> [N, C, 1, W], and back to `spatial_axes` axes.
Result<ValueId> with_two_spatial_axes(Emitter& emit, ValueId value);
Result<ValueId> with_spatial_axes(Emitter& emit, ValueId value, int spatial_axes);

// Operand `i` as a bias of so many channels, or zeros where it is left out.
Result<ValueId> bias_or_zeros(NodeContext& node, int i, int64_t channels);

}  // namespace pestle::formats::onnx
