// SPACE_TO_BATCH_ND
//   y[(di*block_w + dj)*B + b, i, j, c] = x[b, i*block_h + di - top, j*block_w + dj - left, c]; 0 outside x.
#include <cstring>

#include "ops/core/batch_blocks.h"
#include "ops/core/copy.h"

namespace pestle::ops {
namespace {

Status infer(Inference& in) { return infer_batch_blocks(in, true); }

// One element that stands for 0.
std::vector<std::byte> zero_element(const OutputOperand& y) {
  std::vector<std::byte> element(storage_bytes(y.dtype(), 1), std::byte{0});
  if (y.type->is_quantized() && is_quantized_storage(y.dtype())) {
    const auto zero = static_cast<uint16_t>(y.zero_point());
    element[0] = static_cast<std::byte>(zero & 0xff);
    if (element.size() > 1) element[1] = static_cast<std::byte>(zero >> 8);
  }
  return element;
}

Status evaluate(const Evaluation& e) {
  const OutputOperand& y = e.outputs[0];
  const BatchBlocks blocks = batch_blocks(e, e.inputs[0].shape(), y.shape());
  const std::vector<std::byte> zero = zero_element(y);
  const size_t pixel = zero.size() * static_cast<size_t>(blocks.channels);
  if (pixel == 0) return {};
  for_each_pixel(blocks, [&](int64_t deep, int64_t space) {
    std::byte* to = y.data + static_cast<size_t>(deep) * pixel;
    if (space >= 0) {
      std::memcpy(to, e.inputs[0].data + static_cast<size_t>(space) * pixel, pixel);
    } else {
      fill_elements(zero.data(), zero.size(), blocks.channels, to);
    }
  });
  return {};
}

}  // namespace

const OpDef& op_space_to_batch_nd() {
  static const OpDef def = [] {
    OpDef blocks = batch_block_operator("SPACE_TO_BATCH_ND", 38);
    blocks.options_record = "SpaceToBatchNDOptions";
    blocks.summary = "y[(di*bw+dj)*B+b,i,j,c] = x[b,i*bh+di-top,j*bw+dj-left,c]";
    blocks.inputs = {{"input"}, {"block_shape"}, {"paddings"}};
    blocks.infer = infer;
    blocks.evaluate = evaluate;
    return blocks;
  }();
  return def;
}

}  // namespace pestle::ops
