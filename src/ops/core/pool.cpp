#include "ops/core/pool.h"

namespace pestle::ops {

Status infer_pool(Inference& in) {
  const Shape& x = in.shape(0);
  if (x.rank() != 4) return fail(ErrorCode::kInvalidModel, "the input must have rank 4, it has shape " + to_string(x));
  PESTLE_TRY(check_clamp(kFusedActivation(in.node())));
  const auto grid = window_grid(in.node(), x, {kFilterH(in.node()), kFilterW(in.node())});
  if (!grid) return fail(ErrorCode::kInvalidModel, "the window does not fit the input " + to_string(x));
  in.set(0, in.dtype(0), {x[0], grid->out_h, grid->out_w, x[3]});
  return {};
}

std::vector<OptionInfo> pool_options() {
  return {kPadding.info(), kStrideW.info(), kStrideH.info(), kFilterW.info(), kFilterH.info(), kFusedActivation.info()};
}

std::vector<TypeRow> pool_types() {
  return {{"float32", {kF32}, {kF32}, 1},
          {"uint8", {kU8}, {kU8}, 1},
          {"int8", {kI8}, {kI8}, 2},
          {"int16", {kI16}, {kI16}, 3}};
}

QuantRule pool_quantization() {
  return {.int8 = true, .int16 = true, .inputs = {kSharedRule}, .outputs = {kSharedRule}};
}

}  // namespace pestle::ops
