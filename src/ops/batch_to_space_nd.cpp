// BATCH_TO_SPACE_ND
//   y[b, i*block_h + di - top, j*block_w + dj - left, c] = x[(di*block_w + dj)*B + b, i, j, c]; what falls outside y is
//   cropped.
#include <cstring>

#include "ops/core/batch_blocks.h"

namespace pestle::ops {
namespace {

Status infer(Inference& in) { return infer_batch_blocks(in, false); }

Status evaluate(const Evaluation& e) {
  const OutputOperand& y = e.outputs[0];
  const BatchBlocks blocks = batch_blocks(e, y.shape(), e.inputs[0].shape());
  const size_t pixel = storage_bytes(y.dtype(), blocks.channels);
  if (pixel == 0) return {};
  for_each_pixel(blocks, [&](int64_t deep, int64_t space) {
    if (space < 0) return;
    std::memcpy(y.data + static_cast<size_t>(space) * pixel, e.inputs[0].data + static_cast<size_t>(deep) * pixel,
                pixel);
  });
  return {};
}

}  // namespace

const OpDef& op_batch_to_space_nd() {
  static const OpDef def = [] {
    OpDef blocks = batch_block_operator("BATCH_TO_SPACE_ND", 37);
    blocks.options_record = "BatchToSpaceNDOptions";
    blocks.summary = "y[b,i*bh+di-top,j*bw+dj-left,c] = x[(di*bw+dj)*B+b,i,j,c]";
    blocks.inputs = {{"input"}, {"block_shape"}, {"crops"}};
    blocks.infer = infer;
    blocks.evaluate = evaluate;
    return blocks;
  }();
  return def;
}

}  // namespace pestle::ops
