#include "ops/core/convolution.h"

namespace pestle::ops {
namespace {

enum Operand { kInput, kFilter, kBias };

}  // namespace

Status check_bias(const Inference& in, int bias, int64_t channels) {
  if (!in.has(bias) || in.shape(bias) == Shape{channels}) return {};
  return fail(ErrorCode::kInvalidModel,
              "bias has shape " + to_string(in.shape(bias)) + ", expected " + std::to_string(channels));
}

Status misfit_channels(const Shape& input, const Shape& filter) {
  return fail(ErrorCode::kInvalidModel, "channels of the input (" + std::to_string(input[3]) +
                                            ") do not fit a filter of shape " + to_string(filter));
}

Status infer_convolved(Inference& in, int64_t channels) {
  const Shape& x = in.shape(kInput);
  const Shape& w = in.shape(kFilter);
  PESTLE_TRY(check_bias(in, kBias, channels));
  PESTLE_TRY(check_clamp(kFusedActivation(in.node())));
  const auto grid = window_grid(in.node(), x, {w[1], w[2]});
  if (!grid) return fail(ErrorCode::kInvalidModel, "the window does not fit the input " + to_string(x));
  in.set(0, in.dtype(kInput), {x[0], grid->out_h, grid->out_w, channels});
  return {};
}

OpDef convolution_operator(const char* name, int code, int channel_axis) {
  return {
      .name = name,
      .code = code,
      .options_record = "",
      .summary = "",
      .inputs = {{"input"}, {"filter"}, {"bias", OperandDef::kOptional}},
      .outputs = {{"output"}},
      .options = {},
      .types = {},
      .traits = {.applies_activation = true, .wants_bias = true, .pads_spatially = true},
      .quantization = {.int8 = true,
                       .int16 = true,
                       .symmetric_int16 = true,
                       .inputs = {kActivationRule, weight_rule(channel_axis), kBiasRule},
                       .outputs = {kActivationRule},
                       .hybrid_weight = kFilter,
                       .hybrid_per_channel = true},
      .layout = {LayoutKind::kBlocks},
  };
}

}  // namespace pestle::ops
