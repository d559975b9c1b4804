// Sliding windows of convolutions and pools over images [B,H,W,C]: their options, extents and loops.
#pragma once

#include <cstdint>
#include <optional>

#include "ops/core/option.h"

namespace pestle::ops {

enum class Padding : uint8_t { kSame, kValid };
inline constexpr const char* kPaddingNames[] = {"SAME", "VALID"};
inline constexpr EnumOption<Padding> kPadding{"padding", kPaddingNames};

inline constexpr IntOption kStrideW{"stride_w", 0};
inline constexpr IntOption kStrideH{"stride_h", 0};
inline constexpr IntOption kDilationW{"dilation_w_factor", 1};
inline constexpr IntOption kDilationH{"dilation_h_factor", 1};

// One spatial axis: `out` positions; position o looks at inputs o*stride - before + tap*dilation.
struct Window {
  int64_t out = 0;
  int64_t before = 0;
};

// SAME: out = ceil(in / stride), the padding split in halves with the odd one after. VALID: no padding.
// Unknown extents stay unknown. Nothing if stride, dilation or kernel is not positive or no position fits.
std::optional<Window> sliding_window(int64_t in, int64_t kernel, int64_t stride, int64_t dilation, Padding padding);

struct WindowSize {
  int64_t h = 0;
  int64_t w = 0;
};

// Both spatial axes: position (i, j) and tap (ky, kx) look at the pixel
// (i*stride_h - pad_h + ky*dilation_h, j*stride_w - pad_w + kx*dilation_w).
struct WindowGrid {
  WindowSize kernel;
  int64_t stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1;
  int64_t in_h = 0, in_w = 0, out_h = 0, out_w = 0, pad_h = 0, pad_w = 0;
};

// The grid of an operator with the options above over an image of rank 4; nothing where sliding_window has nothing.
std::optional<WindowGrid> window_grid(const ir::Node& node, const Shape& image, WindowSize kernel);

// Calls body(b, i, j) for every position of every image, in the order in which the output lies in memory.
template <typename Body>
void for_each_position(const WindowGrid& g, int64_t batches, Body body) {
  for (int64_t b = 0; b < batches; ++b) {
    for (int64_t i = 0; i < g.out_h; ++i) {
      for (int64_t j = 0; j < g.out_w; ++j) body(b, i, j);
    }
  }
}

// Calls tap(ky, kx, y, x) for the taps of position (i, j) that look at a pixel (y, x) of the image.
template <typename Tap>
void for_each_tap(const WindowGrid& g, int64_t i, int64_t j, Tap tap) {
  for (int64_t ky = 0; ky < g.kernel.h; ++ky) {
    const int64_t y = i * g.stride_h - g.pad_h + ky * g.dilation_h;
    if (y < 0 || y >= g.in_h) continue;
    for (int64_t kx = 0; kx < g.kernel.w; ++kx) {
      const int64_t x = j * g.stride_w - g.pad_w + kx * g.dilation_w;
      if (x >= 0 && x < g.in_w) tap(ky, kx, y, x);
    }
  }
}

}  // namespace pestle::ops
