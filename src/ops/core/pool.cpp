#include "ops/core/pool.h"

namespace pestle::ops {
namespace {

Status infer_pool(Inference& in) {
  const Shape& x = in.shape(0);
  if (x.rank() != 4) return fail(ErrorCode::kInvalidModel, "the input must have rank 4, it has shape " + to_string(x));
  PESTLE_TRY(check_clamp(kFusedActivation(in.node())));
  const auto grid = window_grid(in.node(), x, {kFilterH(in.node()), kFilterW(in.node())});
  if (!grid) return fail(ErrorCode::kInvalidModel, "the window does not fit the input " + to_string(x));
  in.set(0, in.dtype(0), {x[0], grid->out_h, grid->out_w, x[3]});
  return {};
}

}  // namespace

OpDef pool_operator(const char* name, int code) {
  return {
      .name = name,
      .code = code,
      .options_record = "Pool2DOptions",
      .summary = "",
      .inputs = {{"input"}},
      .outputs = {{"output"}},
      .options = {kPadding.info(), kStrideW.info(), kStrideH.info(), kFilterW.info(), kFilterH.info(),
                  kFusedActivation.info()},
      .types = {{"float32", {kF32}, {kF32}, 1},
                {"uint8", {kU8}, {kU8}, 1},
                {"int8", {kI8}, {kI8}, 2},
                {"int16", {kI16}, {kI16}, 3}},
      .traits = {.applies_activation = true, .keeps_nonnegative = true},
      .infer = infer_pool,
      .quantization = {.int8 = true, .int16 = true, .inputs = {kSharedRule}, .outputs = {kSharedRule}},
      .layout = {LayoutKind::kBlocks},
  };
}

}  // namespace pestle::ops
