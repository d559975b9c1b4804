// QUANTIZE
//   y = clamp(round(x / s_y) + z_y) for float32 x (division in float32, half away from zero), per tensor or per
//   channel; y = clamp(rescale(x - z_x, s_x / s_y) + z_y) for quantized x ("requantize", per tensor).
// The output's element type and parameters are those that the graph declares. Arithmetic:
// docs/semantics.md#conversions. Quotients beyond int32 saturate; TFLite leaves them to the processor (x86: the lowest
// code).
#include <algorithm>

#include "base/fixed_point.h"
#include "base/packing.h"
#include "ops/core/fused_activation.h"
#include "ops/core/op_def.h"
#include "ops/core/per_channel.h"
#include "ops/core/requantize.h"

namespace pestle::ops {
namespace {

Status infer(Inference& in) {
  const DType output = in.declared(0).dtype;
  const bool from_float = in.dtype(0) == DType::kFloat32;
  const DTypeSet reachable = from_float                     ? kI8 | kU8 | kI16 | kI4
                             : in.dtype(0) == DType::kInt16 ? kI8 | kI16 | kI32
                             : in.dtype(0) == DType::kInt32 ? kI8 | kI16
                                                            : kI8 | kU8 | kI16;
  if (!reachable.has(output)) {
    return fail(ErrorCode::kUnsupported,
                std::string("no kernel quantizes ") + dtype_name(in.dtype(0)) + " to " + dtype_name(output));
  }
  if (!has_scale(in.declared(0)) || (!from_float && !has_scale(in.type(0)))) {
    return fail(ErrorCode::kInvalidModel, "a quantized operand has no scale");
  }
  if (!from_float && (is_per_channel(in.type(0)) || is_per_channel(in.declared(0)))) {
    return fail(ErrorCode::kUnsupported, "quantized values can be requantized per tensor only");
  }
  const bool both_int16 = in.dtype(0) == DType::kInt16 && output == DType::kInt16;
  if (both_int16 && (in.type(0).zero_point() != 0 || in.declared(0).zero_point() != 0))
    return fail(ErrorCode::kInvalidModel, "int16 codes become int16 codes only with zero points 0");
  PESTLE_TRY(check_channels(in.declared(0), in.shape(0)));
  in.set(0, output, in.shape(0));
  return {};
}

// Division in float32; far outside the type's range the code is that of the nearest bound, of NaN the lowest.
int64_t code_of(float x, float scale, int64_t zero, CodeRange range) {
  constexpr float kFar = 0x1p40f;
  const float rounded = round_away(x / scale);
  const float bounded = rounded >= -kFar ? std::min(rounded, kFar) : -kFar;
  return std::clamp<int64_t>(static_cast<int64_t>(bounded) + zero, range.low, range.high);
}

template <typename Code>
void quantize(const Evaluation& e, Code* y) {
  const float* x = e.inputs[0].as<float>();
  const ir::Type& type = *e.outputs[0].type;
  const CodeRange range = type.dtype == DType::kInt4 ? CodeRange{-8, 7} : code_range(type.dtype);
  for_each_channel(type, [&](int64_t i, size_t channel) {
    const int32_t zero = static_cast<int32_t>(type.quantization->zero_point_at(channel));
    y[i] = static_cast<Code>(code_of(x[i], type.quantization->scale_at(channel), zero, range));
  });
}

void quantize_packed(const Evaluation& e) {
  std::vector<int8_t> codes(static_cast<size_t>(e.outputs[0].elements()));
  quantize(e, codes.data());
  const std::vector<std::byte> packed = pack_int4(codes);
  std::copy(packed.begin(), packed.end(), e.outputs[0].data);
}

template <typename X, typename Y>
void requantize(const Evaluation& e) {
  const X* x = e.inputs[0].as<X>();
  Y* y = e.outputs[0].as<Y>();
  const double ratio = static_cast<double>(e.inputs[0].scale()) / static_cast<double>(e.outputs[0].scale());
  const FixedMultiplier multiplier = quantize_multiplier(ratio);
  const int64_t zero_x = e.inputs[0].zero_point(), zero_y = e.outputs[0].zero_point();
  for (int64_t i = 0; i < e.outputs[0].elements(); ++i) {
    y[i] = saturate<Y>(multiply(static_cast<int32_t>(x[i] - zero_x), multiplier) + zero_y);
  }
}

template <typename X>
void requantize_to(const Evaluation& e) {
  switch (e.outputs[0].dtype()) {
    case DType::kInt8: requantize<X, int8_t>(e); break;
    case DType::kUInt8: requantize<X, uint8_t>(e); break;
    case DType::kInt16: requantize<X, int16_t>(e); break;
    default: requantize<X, int32_t>(e); break;
  }
}

Status evaluate(const Evaluation& e) {
  switch (e.inputs[0].dtype()) {
    case DType::kInt8: requantize_to<int8_t>(e); return {};
    case DType::kUInt8: requantize_to<uint8_t>(e); return {};
    case DType::kInt16: requantize_to<int16_t>(e); return {};
    case DType::kInt32: requantize_to<int32_t>(e); return {};
    default: break;
  }
  switch (e.outputs[0].dtype()) {
    case DType::kInt8: quantize(e, e.outputs[0].as<int8_t>()); return {};
    case DType::kUInt8: quantize(e, e.outputs[0].as<uint8_t>()); return {};
    case DType::kInt16: quantize(e, e.outputs[0].as<int16_t>()); return {};
    case DType::kInt4: quantize_packed(e); return {};
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

int version(const NodeView& view, int row_version) {
  if (view.output(0).dtype != DType::kInt4 && is_per_channel(view.output(0))) return 3;
  return row_version;
}

}  // namespace

const OpDef& op_quantize() {
  static const OpDef def = {
      .name = "QUANTIZE",
      .code = 114,
      .options_record = "QuantizeOptions",
      .summary = "y = clamp(round(x / scale) + zero point)",
      .inputs = {{"x"}},
      .outputs = {{"y"}},
      .options = {},
      .types = {{"float32 to 8 bits", {kF32}, {kI8 | kU8}, 1},
                {"float32 to int16", {kF32}, {kI16}, 2},
                {"float32 to int4", {kF32}, {kI4}, 4},
                {"8 bits to 8 bits", {kI8 | kU8}, {kI8 | kU8}, 1},
                {"8 bits to int16", {kI8 | kU8}, {kI16}, 2},
                {"int16 to int8, int16, int32", {kI16}, {kI8 | kI16 | kI32}, 2},
                {"int32 to int8, int16", {kI32}, {kI8 | kI16}, 2}},
      .traits = {.locality = Locality::kElement, .is_conversion = true},
      .infer = infer,
      .evaluate = evaluate,
      .layout = {LayoutKind::kFree},
      .version = version,
  };
  return def;
}

}  // namespace pestle::ops
