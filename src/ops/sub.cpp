// SUB
//   y = act(a - b), broadcasting.
// Integers that are not quantized wrap on overflow. Quantized arithmetic: facts-kernels.md, section 7.
#include "ops/core/binary.h"
#include "ops/core/op_def.h"
#include "ops/core/scaled_sum.h"

namespace pestle::ops {
namespace {

Status infer(Inference& in) {
  PESTLE_TRY(check_clamp(kFusedActivation(in.node())));
  PESTLE_TRY(check_sum_scales(in));
  return infer_binary(in);
}

Status evaluate(const Evaluation& e) {
  const FusedActivation activation = kFusedActivation(e.node);
  const auto minus = [](uint64_t a, uint64_t b) { return a - b; };
  switch (e.inputs[0].dtype()) {
    case DType::kFloat32: {
      const FloatRange range = float_range(activation);
      map_binary<float>(e, [=](float a, float b) { return clamp_to(a - b, range); });
      return {};
    }
    case DType::kInt8:
    case DType::kUInt8:
    case DType::kInt16: evaluate_scaled_sum(e, -1); return {};
    case DType::kInt32: map_integers<int32_t>(e, activation, minus); return {};
    case DType::kInt64: map_integers<int64_t>(e, activation, minus); return {};
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

int version(const NodeView& view, int row_version) {
  const DType dtype = view.input(0).dtype;
  if (dtype == DType::kInt16 && !kPotScaleInt16(view.node())) return 5;
  return dtype != DType::kInt64 && broadcasts_beyond(view, 4) ? 3 : row_version;
}

}  // namespace

const OpDef& op_sub() {
  static const OpDef def = {
      .name = "SUB",
      .code = 41,
      .options_record = "SubOptions",
      .summary = "y = act(a - b)",
      .inputs = {{"a"}, {"b"}},
      .outputs = {{"y"}},
      .options = {kFusedActivation.info(), kPotScaleInt16.info()},
      .types = {{"float32", {kF32}, {kF32}, 1},
                {"int32", {kI32}, {kI32}, 1},
                {"uint8", {kU8}, {kU8}, 1},
                {"int8", {kI8}, {kI8}, 2},
                {"int16", {kI16}, {kI16}, 2},
                {"int64", {kI64}, {kI64}, 4}},
      .traits = {.output_may_share_input = true, .arithmetic = Arithmetic::kSubtract, .applies_activation = true},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true,
                       .int16 = true,
                       .symmetric_int16 = true,
                       .inputs = {kActivationRule, kActivationRule},
                       .outputs = {kActivationRule}},
      .layout = {LayoutKind::kBroadcast},
      .version = version,
  };
  return def;
}

}  // namespace pestle::ops
