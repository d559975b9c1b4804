#include "ops/core/window.h"

#include <algorithm>

namespace pestle::ops {

std::optional<Window> sliding_window(int64_t in, int64_t kernel, int64_t stride, int64_t dilation, Padding padding) {
  constexpr int64_t kLimit = int64_t{1} << 31;
  if (kernel <= 0 || stride <= 0 || dilation <= 0) return std::nullopt;
  if (kernel > kLimit || stride > kLimit || dilation > kLimit) return std::nullopt;
  if (in == kUnknown) return Window{kUnknown, 0};
  const int64_t reach = (kernel - 1) * dilation + 1;
  if (padding == Padding::kValid) {
    if (in < reach) return std::nullopt;
    return Window{(in - reach) / stride + 1, 0};
  }
  const int64_t out = (in + stride - 1) / stride;
  return Window{out, std::max<int64_t>(0, (out - 1) * stride + reach - in) / 2};
}

std::optional<WindowGrid> window_grid(const ir::Node& node, const Shape& image, WindowSize kernel) {
  WindowGrid g{.kernel = kernel,
               .stride_h = kStrideH(node),
               .stride_w = kStrideW(node),
               .dilation_h = kDilationH(node),
               .dilation_w = kDilationW(node),
               .in_h = image[1],
               .in_w = image[2]};
  const auto rows = sliding_window(g.in_h, kernel.h, g.stride_h, g.dilation_h, kPadding(node));
  const auto columns = sliding_window(g.in_w, kernel.w, g.stride_w, g.dilation_w, kPadding(node));
  if (!rows || !columns) return std::nullopt;
  g.out_h = rows->out;
  g.pad_h = rows->before;
  g.out_w = columns->out;
  g.pad_w = columns->before;
  return g;
}

}  // namespace pestle::ops
