// SPACE_TO_DEPTH
//   y[b, i, j, (di*s + dj)*C + c] = x[b, i*s + di, j*s + dj, c]
#include <utility>

#include "ops/core/blocks.h"
#include "ops/core/op_def.h"

namespace pestle::ops {
namespace {

Status infer(Inference& in) {
  const Shape& x = in.shape(0);
  const int64_t s = kBlockSize(in.node());
  if (x.rank() != 4) return fail(ErrorCode::kInvalidModel, "the input must have rank 4");
  const auto fits = [&](int64_t extent) { return extent == kUnknown || extent % s == 0; };
  if (s < 1 || s > 32768 || !fits(x[1]) || !fits(x[2])) {
    return fail(ErrorCode::kInvalidModel, "a block size of " + std::to_string(s) + " does not fit " + to_string(x));
  }
  const auto part = [&](int64_t extent) { return extent == kUnknown ? kUnknown : extent / s; };
  in.set(0, in.dtype(0), {x[0], part(x[1]), part(x[2]), x[3] == kUnknown ? kUnknown : x[3] * s * s});
  return {};
}

Status evaluate(const Evaluation& e) {
  StridedCopy copy = depth_to_space(e.outputs[0].shape(), kBlockSize(e.node));
  std::swap(copy.from_steps, copy.to_steps);
  copy_operand(copy, e.inputs[0], e.outputs[0]);
  return {};
}

}  // namespace

const OpDef& op_space_to_depth() {
  static const OpDef def = [] {
    OpDef depth = block_operator("SPACE_TO_DEPTH", 26);
    depth.options_record = "SpaceToDepthOptions";
    depth.summary = "y[b,i,j,(di*s+dj)*C+c] = x[b,i*s+di,j*s+dj,c]";
    depth.infer = infer;
    depth.evaluate = evaluate;
    return depth;
  }();
  return def;
}

}  // namespace pestle::ops
