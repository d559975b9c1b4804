// Pools over windows of images [B,H,W,C]: their options, inference and loop. AVERAGE_POOL_2D and MAX_POOL_2D say
// what becomes of the codes or numbers of a window. Taps outside the image do not exist (SAME does not pad).
#pragma once

#include <algorithm>

#include "ops/core/fused_activation.h"
#include "ops/core/op_def.h"
#include "ops/core/window.h"

namespace pestle::ops {

inline constexpr IntOption kFilterW{"filter_width", 0};
inline constexpr IntOption kFilterH{"filter_height", 0};

// What the two have in common; the caller adds summary and reference.
OpDef pool_operator(const char* name, int code);

// y = limit(finish(accumulator, count)) where the accumulator is `start` after fold(accumulator, x) over the window.
template <typename T, typename Acc, typename Fold, typename Finish, typename Limit>
void pool(const Evaluation& e, Acc start, Fold fold, Finish finish, Limit limit) {
  const Shape& shape = e.inputs[0].shape();
  const int64_t channels = shape[3];
  const WindowGrid grid = *window_grid(e.node, shape, {kFilterH(e.node), kFilterW(e.node)});
  const T* x = e.inputs[0].as<T>();
  T* y = e.outputs[0].as<T>();
  for_each_position(grid, shape[0], [&](int64_t b, int64_t i, int64_t j) {
    for (int64_t c = 0; c < channels; ++c) {
      Acc acc = start;
      int32_t count = 0;
      for_each_tap(grid, i, j, [&](int64_t, int64_t, int64_t row, int64_t column) {
        acc = fold(acc, x[((b * grid.in_h + row) * grid.in_w + column) * channels + c]);
        ++count;
      });
      *y++ = limit(finish(acc, count));
    }
  });
}

// The limits that the fused activation sets, for numbers and for codes.
inline auto float_limit(const Evaluation& e) {
  return [range = float_range(kFusedActivation(e.node))](float value) { return clamp_to(value, range); };
}
template <typename Code>
auto code_limit(const Evaluation& e) {
  return [range = code_range(kFusedActivation(e.node), *e.outputs[0].type)](int32_t code) {
    return static_cast<Code>(std::clamp(code, range.low, range.high));
  };
}

}  // namespace pestle::ops
