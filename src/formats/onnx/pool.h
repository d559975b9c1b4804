// Windows over any number of axes, where TFLite has no operator of its own: padding and pools are done axis by axis,
// with channels first as they are.
#pragma once

#include "formats/core/formula.h"
#include "formats/onnx/window.h"

namespace pestle::formats::onnx {

enum class PoolKind { kMaximum, kAverage };

// Pads the spatial axes of [N, C, ...] as the windows need it: with zeros, or with a value.
ir::ValueId pad_axes(Formula& f, ir::ValueId x, const Windows& windows, std::optional<float> value);
// x[.., first + o * stride, ..] for `count` positions o along an axis.
ir::ValueId every(Formula& f, ir::ValueId x, int axis, int64_t first, int64_t count, int64_t stride);
// The maximum or the average over the whole windows of [N, C, ...]; an average counts padding as zeros.
ir::ValueId pool_axes(Formula& f, ir::ValueId x, const Windows& windows, PoolKind kind);
// How many cells each position counts along one axis: those of explicit padding too, or only those inside.
std::vector<int64_t> counted_cells(const WindowAxis& axis, const PaddedAxis& padded, bool include_padding);
// Strides and dilations as CONV_3D and CONV_3D_TRANSPOSE have them, over input that is padded already.
std::vector<Property> volume_options(const Windows& windows);

}  // namespace pestle::formats::onnx
