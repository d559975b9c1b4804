// DEQUANTIZE
//   y = s * (x - z), per tensor (product in double, rounded once) or per channel (product in float32);
//   float16 is widened exactly. Arithmetic: docs/semantics.md#conversions.
// int32, and int16 per channel, have no TFLite kernel; they are here so that such constants can be folded.
#include "base/half.h"
#include "base/packing.h"
#include "ops/core/op_def.h"
#include "ops/core/per_channel.h"
#include "ops/core/requantize.h"

namespace pestle::ops {
namespace {

Status infer(Inference& in) {
  if (in.dtype(0) != DType::kFloat16) {
    if (!has_scale(in.type(0))) return fail(ErrorCode::kInvalidModel, "the input has no scale");
    PESTLE_TRY(check_channels(in.type(0), in.shape(0)));
  }
  in.set(0, DType::kFloat32, in.shape(0));
  return {};
}

template <typename Code>
void dequantize(const Evaluation& e, const Code* x) {
  float* y = e.outputs[0].as<float>();
  const ir::Type& type = *e.inputs[0].type;
  const ir::Quantization& q = *type.quantization;
  if (!q.per_channel()) {
    const double scale = q.scale[0];
    const auto zero = static_cast<double>(q.zero_point_at(0));
    for (int64_t i = 0; i < e.outputs[0].elements(); ++i) y[i] = static_cast<float>(scale * (x[i] - zero));
    return;
  }
  for_each_channel(type, [&](int64_t i, size_t channel) {
    y[i] = q.scale_at(channel) * static_cast<float>(x[i] - static_cast<double>(q.zero_point_at(channel)));
  });
}

void widen(const Evaluation& e) {
  const Half* x = e.inputs[0].as<Half>();
  float* y = e.outputs[0].as<float>();
  for (int64_t i = 0; i < e.outputs[0].elements(); ++i) y[i] = to_float(x[i]);
}

Status evaluate(const Evaluation& e) {
  const InputOperand& x = e.inputs[0];
  switch (x.dtype()) {
    case DType::kFloat16: widen(e); return {};
    case DType::kInt8: dequantize(e, x.as<int8_t>()); return {};
    case DType::kUInt8: dequantize(e, x.as<uint8_t>()); return {};
    case DType::kInt16: dequantize(e, x.as<int16_t>()); return {};
    case DType::kInt32: dequantize(e, x.as<int32_t>()); return {};
    case DType::kInt4: dequantize(e, unpack_int4(x.view().bytes, static_cast<size_t>(x.elements())).data()); return {};
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

// A per-channel axis would have to move with the data, which the type of a value does not allow here.
bool remap(LayoutEdit& edit) { return !is_per_channel(edit.input_type(0)); }

int version(const NodeView& view, int row_version) {
  const bool packed = view.input(0).dtype == DType::kInt4;
  return !packed && is_per_channel(view.input(0)) ? 5 : row_version;
}

}  // namespace

const OpDef& op_dequantize() {
  static const OpDef def = {
      .name = "DEQUANTIZE",
      .code = 6,
      .options_record = "DequantizeOptions",
      .summary = "y = scale * (x - zero point)",
      .inputs = {{"x"}},
      .outputs = {{"y"}},
      .options = {},
      .types = {{"uint8", {kU8}, {kF32}, 1},
                {"int8", {kI8}, {kF32}, 2},
                {"int16", {kI16}, {kF32}, 3},
                {"float16", {kF16}, {kF32}, 3},
                {"int4", {kI4}, {kF32}, 6},
                {"int32, folding only", {kI32}, {kF32}, 1}},
      .traits = {.locality = Locality::kElement, .is_conversion = true},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.symmetric_int16 = true, .inputs = {}, .outputs = {}},
      .layout = {.kind = LayoutKind::kRemaps, .remap = remap},
      .version = version,
  };
  return def;
}

}  // namespace pestle::ops
