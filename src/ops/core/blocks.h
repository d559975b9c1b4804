// Moving between channels and space in NHWC: block (di, dj) of channels is place (di, dj) of a square of pixels.
#pragma once

#include "ops/core/copy.h"
#include "ops/core/op_def.h"

namespace pestle::ops {

inline constexpr IntOption kBlockSize{"block_size", 0};

// What the two have in common; the caller adds the record of options, summary, inference and reference.
OpDef block_operator(const char* name, int code);

// The copy that splits rows, columns and channels of the deep side [B, H, W, s*s*C] into the wide side
// [B, H*s, W*s, C]. `from` and `to` are given for DEPTH_TO_SPACE; SPACE_TO_DEPTH is the reverse.
inline StridedCopy depth_to_space(const Shape& deep, int64_t size) {
  const int64_t h = deep[1], w = deep[2], c = deep[3] / (size * size);
  const int64_t row = w * size * c;  // elements of a row of the wide side
  return {{deep[0], h, size, w, size, c},
          {h * w * deep[3], w * deep[3], size * c, deep[3], c, 1},
          {h * size * row, size * row, row, size * c, c, 1}};
}

}  // namespace pestle::ops
