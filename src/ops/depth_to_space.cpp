// DEPTH_TO_SPACE
//   y[b, i*s + di, j*s + dj, c] = x[b, i, j, (di*s + dj)*C + c]
#include "ops/core/blocks.h"
#include "ops/core/op_def.h"

namespace pestle::ops {
namespace {

Status infer(Inference& in) {
  const Shape& x = in.shape(0);
  const int64_t s = kBlockSize(in.node());
  if (x.rank() != 4) return fail(ErrorCode::kInvalidModel, "the input must have rank 4");
  if (s < 1 || s > 32768 || (x[3] != kUnknown && x[3] % (s * s) != 0)) {
    return fail(ErrorCode::kInvalidModel, "a block size of " + std::to_string(s) + " does not fit " + to_string(x));
  }
  const auto times = [&](int64_t extent) { return extent == kUnknown ? kUnknown : extent * s; };
  in.set(0, in.dtype(0), {x[0], times(x[1]), times(x[2]), x[3] == kUnknown ? kUnknown : x[3] / (s * s)});
  return {};
}

Status evaluate(const Evaluation& e) {
  copy_operand(depth_to_space(e.inputs[0].shape(), kBlockSize(e.node)), e.inputs[0], e.outputs[0]);
  return {};
}

}  // namespace

const OpDef& op_depth_to_space() {
  static const OpDef def = [] {
    OpDef space = block_operator("DEPTH_TO_SPACE", 5);
    space.options_record = "DepthToSpaceOptions";
    space.summary = "y[b,i*s+di,j*s+dj,c] = x[b,i,j,(di*s+dj)*C+c]";
    space.infer = infer;
    space.evaluate = evaluate;
    return space;
  }();
  return def;
}

}  // namespace pestle::ops
