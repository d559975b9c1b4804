// Sliding windows over volumes [B, D, H, W, C]: what CONV_3D and CONV_3D_TRANSPOSE share. Axes count depth, height,
// width.
#pragma once

#include <array>
#include <optional>

#include "ops/core/fused_activation.h"
#include "ops/core/op_def.h"
#include "ops/core/window.h"

namespace pestle::ops {

inline constexpr IntOption kStrideD{"stride_d", 0};
inline constexpr IntOption kDilationD{"dilation_d_factor", 1};

// Position o and tap k of an axis look at place o*stride - before + k*dilation.
struct VolumeAxis {
  int64_t in = 0, kernel = 0, stride = 1, dilation = 1, out = 0, before = 0;
};
using VolumeGrid = std::array<VolumeAxis, 3>;

// The grid over `volume` with windows of the first three extents of `filter`; nothing where one does not fit.
std::optional<VolumeGrid> volume_grid(const ir::Node& node, const Shape& volume, const Shape& filter);

// Calls body(volume_pixel, position, tap) for all positions and their taps inside the volume: positions in order, for
// each its taps in order. Pixels, positions and taps are counted in row-major order.
template <typename Body>
void for_each_volume_tap(const VolumeGrid& g, Body body) {
  const auto& [d, h, w] = g;
  for (int64_t position = 0; position < d.out * h.out * w.out; ++position) {
    const int64_t at_d = position / (h.out * w.out) * d.stride - d.before;
    const int64_t at_h = position / w.out % h.out * h.stride - h.before, at_w = position % w.out * w.stride - w.before;
    for (int64_t tap = 0; tap < d.kernel * h.kernel * w.kernel; ++tap) {
      const int64_t z = at_d + tap / (h.kernel * w.kernel) * d.dilation;
      const int64_t y = at_h + tap / w.kernel % h.kernel * h.dilation, x = at_w + tap % w.kernel * w.dilation;
      if (z < 0 || z >= d.in || y < 0 || y >= h.in || x < 0 || x >= w.in) continue;
      body((z * h.in + y) * w.in + x, position, tap);
    }
  }
}

// Adds the bias, of one value a channel, to what stands in the output, and applies the activation.
void finish_volume(const Evaluation& e, const InputOperand* bias);

// The options of both, and what else they have in common; the caller adds summary, operands, types, inference,
// reference and cost.
OpDef volume_operator(const char* name, int code);

}  // namespace pestle::ops
