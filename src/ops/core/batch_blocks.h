// Moving between batches and space: block place (di, dj) of an image is image (di * block_w + dj) * B + b of the batch.
// SPACE_TO_BATCH_ND pads the image first, BATCH_TO_SPACE_ND crops it afterwards. Operand 1 holds the block's extents,
// operand 2 what is padded or cropped before and after them; one spatial axis (rank 3) or two (rank 4).
#pragma once

#include "ops/core/op_def.h"

namespace pestle::ops {

// The image [B, H, W, C] in space and the batch [B * block_h * block_w, h, w, C]; one spatial axis has W = 1.
struct BatchBlocks {
  int64_t batches = 0, height = 0, width = 0, channels = 0;
  int64_t block_h = 1, block_w = 1, before_h = 0, before_w = 0;
  int64_t deep_h = 0, deep_w = 0;
};
// `space` is the operand in space, `deep` the one in the batch.
BatchBlocks batch_blocks(const Evaluation& e, const Shape& space, const Shape& deep);

// Calls body(deep_pixel, space_pixel) for every pixel of the batch, in order; space_pixel is -1 outside the image.
template <typename Body>
void for_each_pixel(const BatchBlocks& g, Body body) {
  int64_t deep = 0;
  for (int64_t place = 0; place < g.block_h * g.block_w; ++place) {
    for (int64_t b = 0; b < g.batches; ++b) {
      for (int64_t at = 0; at < g.deep_h * g.deep_w; ++at, ++deep) {
        const int64_t y = at / g.deep_w * g.block_h + place / g.block_w - g.before_h;
        const int64_t x = at % g.deep_w * g.block_w + place % g.block_w - g.before_w;
        const bool inside = y >= 0 && y < g.height && x >= 0 && x < g.width;
        body(deep, inside ? (b * g.height + y) * g.width + x : -1);
      }
    }
  }
}

// The inference of both; `into_batch` for SPACE_TO_BATCH_ND.
Status infer_batch_blocks(Inference& in, bool into_batch);

// What they have in common; the caller adds record, summary, names of operands, inference and reference.
OpDef batch_block_operator(const char* name, int code);

}  // namespace pestle::ops
