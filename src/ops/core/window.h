// Sliding windows of convolutions and pools.
#pragma once

#include <cstdint>
#include <optional>

#include "ops/core/option.h"

namespace pestle::ops {

enum class Padding : uint8_t { kSame, kValid };
inline constexpr const char* kPaddingNames[] = {"SAME", "VALID"};
inline constexpr EnumOption<Padding> kPadding{"padding", kPaddingNames};

// One spatial axis: `out` positions; position o looks at inputs o*stride - before + tap*dilation.
struct Window {
  int64_t out = 0;
  int64_t before = 0;
};

// SAME: out = ceil(in / stride), the padding split in halves with the odd one after. VALID: no padding.
// Unknown extents stay unknown. Nothing if stride, dilation or kernel is not positive or no position fits.
std::optional<Window> sliding_window(int64_t in, int64_t kernel, int64_t stride, int64_t dilation, Padding padding);

}  // namespace pestle::ops
