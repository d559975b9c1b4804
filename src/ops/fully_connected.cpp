// FULLY_CONNECTED
//   y[r,o] = act(bias[o] + sum over i of w[o,i] * x[r,i])
//   x of any rank read as rows of I values, w [O,I], bias [O]; y [rows,O], or with keep_num_dims the shape of x with
//   its last extent replaced by O. Per-channel weights have their scales along axis 0 and zero point 0.
// Integer results follow LiteRT's reference kernel: y = z_y + round(accumulator * (s_x s_w[o] / s_y)) in double, not
// the fixed-point multiplier of the convolutions (docs/semantics.md#fully-connected).
#include <algorithm>
#include <cmath>

#include "ops/core/convolution.h"
#include "ops/core/op_def.h"

namespace pestle::ops {
namespace {

enum class WeightsFormat : uint8_t { kDefault, kShuffled4x16Int8 };
constexpr const char* kWeightsFormatNames[] = {"DEFAULT", "SHUFFLED4x16INT8"};
constexpr EnumOption<WeightsFormat> kWeightsFormat{"weights_format", kWeightsFormatNames};
constexpr BoolOption kKeepNumDims{"keep_num_dims", false};
constexpr DTypeOption kBiasType{"quantized_bias_type", DType::kFloat32};

enum Operand { kInput, kFilter, kBias };

Status misfit(const Shape& x, const Shape& w) {
  return fail(ErrorCode::kInvalidModel,
              "an input of shape " + to_string(x) + " does not fit a filter of shape " + to_string(w));
}

// Rows of `length` values in x, or kUnknown; nothing if they do not come out even.
std::optional<int64_t> rows_of(const Shape& x, int64_t length) {
  if (x.rank() > 0 && x.back(0) == length) {
    const Shape leading(x.dims().first(x.rank() - 1));
    return checked_elements(leading).value_or(kUnknown);
  }
  if (!x.is_static()) return kUnknown;
  const auto elements = checked_elements(x);
  if (!elements || *elements % length != 0) return std::nullopt;
  return *elements / length;
}

Status infer(Inference& in) {
  const Shape& x = in.shape(kInput);
  const Shape& w = in.shape(kFilter);
  if (w.rank() != 2 || w[0] <= 0 || w[1] <= 0) {
    return fail(ErrorCode::kInvalidModel, "the filter must have two axes, it has shape " + to_string(w));
  }
  if (kWeightsFormat(in.node()) != WeightsFormat::kDefault) {
    return fail(ErrorCode::kUnsupported, "weights in the format SHUFFLED4x16INT8");
  }
  PESTLE_TRY(check_bias(in, kBias, w[0]));
  PESTLE_TRY(check_clamp(kFusedActivation(in.node())));
  const auto rows = rows_of(x, w[1]);
  if (!rows) return misfit(x, w);
  if (!kKeepNumDims(in.node())) {
    in.set(0, in.dtype(kInput), {*rows, w[0]});
    return {};
  }
  if (x.rank() == 0 || (x.back(0) != kUnknown && x.back(0) != w[1])) return misfit(x, w);
  Shape y = x;
  y[x.rank() - 1] = w[0];
  in.set(0, in.dtype(kInput), std::move(y));
  return {};
}

// Calls finish(output_index, row, channel, accumulator); the accumulator as in convolution.h.
template <typename Acc, typename Term, typename Finish>
void multiply_rows(const Evaluation& e, Term term, Finish finish) {
  const int64_t channels = e.inputs[kFilter].shape()[0];
  const int64_t length = e.inputs[kFilter].shape()[1];
  const int64_t rows = e.inputs[kInput].elements() / length;
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t o = 0; o < channels; ++o) {
      Acc acc{};
      for (int64_t i = 0; i < length; ++i) acc = term(acc, r * length + i, o * length + i);
      finish(r * channels + o, r, o, acc);
    }
  }
}

void evaluate_float(const Evaluation& e) {
  const float* x = e.inputs[kInput].as<float>();
  const float* w = e.inputs[kFilter].as<float>();
  const float* bias = e.has(kBias) ? e.inputs[kBias].as<float>() : nullptr;
  float* y = e.outputs[0].as<float>();
  const FloatRange range = float_range(kFusedActivation(e.node));
  multiply_rows<float>(
      e, [=](float acc, int64_t i, int64_t k) { return std::fma(x[i], w[k], acc); },
      [=](int64_t i, int64_t, int64_t o, float acc) { y[i] = clamp_to(bias ? acc + bias[o] : acc, range); });
}

void evaluate_hybrid(const Evaluation& e) {
  const int64_t length = e.inputs[kFilter].shape()[1];
  const FloatRows floats{e.inputs[kInput].as<float>(), e.inputs[kInput].elements() / length, length};
  const bool asymmetric = kAsymmetricInputs(e.node);
  const HybridRows rows = quantize_rows(floats, asymmetric ? HybridRange::kAsymmetric : HybridRange::kSymmetric);
  const ir::Quantization& filter = *e.inputs[kFilter].type->quantization;
  const WidenedFilter widened(e.inputs[kFilter]);
  const int8_t* w = widened.data();
  const float* bias = e.has(kBias) ? e.inputs[kBias].as<float>() : nullptr;
  float* y = e.outputs[0].as<float>();
  const FloatRange range = float_range(kFusedActivation(e.node));
  multiply_rows<int32_t>(
      e, [&](int32_t acc, int64_t i, int64_t k) { return acc + w[k] * (rows.codes[i] - rows.zero_points[i / length]); },
      [&](int64_t i, int64_t r, int64_t o, int32_t acc) {
        const float value = static_cast<float>(acc) * (filter.scale_at(o) * rows.scales[r]);
        y[i] = clamp_to(bias ? value + bias[o] : value, range);
      });
}

struct Scaling {
  std::vector<double> factors;  // one a channel
  int32_t zero_point = 0;       // of the output
  CodeRange range;

  int32_t operator()(int64_t acc, int64_t channel) const {
    const double scaled = round_away(static_cast<double>(acc) * factors[channel]);
    // Beyond 2^31 the clamp below decides anyway.
    const double bounded = std::clamp(scaled, -2147483648.0, 2147483647.0);
    return static_cast<int32_t>(std::clamp<int64_t>(static_cast<int64_t>(bounded) + zero_point, range.low, range.high));
  }
};

Scaling scaling_of(const Evaluation& e) {
  const ir::Type& filter = *e.inputs[kFilter].type;
  Scaling scaling{{}, e.outputs[0].zero_point(), code_range(kFusedActivation(e.node), *e.outputs[0].type)};
  for (int64_t o = 0; o < filter.shape[0]; ++o) {
    const double product =
        static_cast<double>(e.inputs[kInput].scale()) * static_cast<double>(filter.quantization->scale_at(o));
    scaling.factors.push_back(product / static_cast<double>(e.outputs[0].scale()));
  }
  return scaling;
}

// Code is the storage of activations, Weight that of the filter. `finish` turns an accumulator into a code.
template <typename Code, typename Weight, typename Finish>
void evaluate_integer(const Evaluation& e, const Weight* w, Finish finish) {
  const Code* x = e.inputs[kInput].as<Code>();
  Code* y = e.outputs[0].as<Code>();
  const int32_t x_zero = e.inputs[kInput].zero_point();
  const ir::Quantization& filter = *e.inputs[kFilter].type->quantization;
  const int32_t w_zero = filter.per_channel() ? 0 : e.inputs[kFilter].zero_point();
  const std::vector<int64_t> bias = e.has(kBias) ? to_int64s(e.inputs[kBias].view()) : std::vector<int64_t>();
  multiply_rows<int64_t>(
      e, [=](int64_t acc, int64_t i, int64_t k) { return acc + int64_t{x[i] - x_zero} * (w[k] - w_zero); },
      [&](int64_t i, int64_t, int64_t o, int64_t acc) {
        y[i] = static_cast<Code>(finish(bias.empty() ? acc : acc + bias[o], o));
      });
}

// int16 weights go through the 64-bit fixed-point multiplier. LiteRT reads their bias as int32.
void evaluate_int16(const Evaluation& e) {
  const auto multipliers = channel_multipliers(*e.inputs[kInput].type, *e.inputs[kFilter].type, *e.outputs[0].type);
  const CodeRange range = code_range(kFusedActivation(e.node), *e.outputs[0].type);
  const int32_t y_zero = e.outputs[0].zero_point();
  evaluate_integer<int16_t>(e, e.inputs[kFilter].as<int16_t>(), [&](int64_t acc, int64_t o) {
    return std::clamp(multiply(acc, multipliers[o]) + y_zero, range.low, range.high);
  });
}

Status evaluate(const Evaluation& e) {
  const InputOperand& filter = e.inputs[kFilter];
  switch (e.inputs[kInput].dtype()) {
    case DType::kFloat32: filter.dtype() == DType::kFloat32 ? evaluate_float(e) : evaluate_hybrid(e); return {};
    case DType::kUInt8: evaluate_integer<uint8_t>(e, filter.as<uint8_t>(), scaling_of(e)); return {};
    case DType::kInt8: evaluate_integer<int8_t>(e, WidenedFilter(filter).data(), scaling_of(e)); return {};
    case DType::kInt16:
      if (filter.dtype() == DType::kInt16) {
        evaluate_int16(e);
      } else {
        evaluate_integer<int16_t>(e, WidenedFilter(filter).data(), scaling_of(e));
      }
      return {};
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

int64_t macs(const NodeView& view) { return view.output(0).shape.elements() * view.input(kFilter).shape[1]; }

int version(const NodeView& view, int row_version) {
  const ir::Type& filter = view.input(kFilter);
  const bool hybrid = view.input(kInput).dtype == DType::kFloat32 && filter.dtype != DType::kFloat32;
  if (hybrid && filter.quantization && filter.quantization->per_channel()) return 12;
  if (view.input(kInput).dtype == DType::kInt16 && filter.dtype == DType::kInt4) return 13;
  if (view.input(kInput).dtype == DType::kInt16 && kBiasType(view.node()) != DType::kFloat32) return 11;
  if (filter.dtype == DType::kInt4) return 10;
  if (hybrid && kAsymmetricInputs(view.node())) return 9;
  if (view.inputs() == 2) return std::max(6, row_version);
  return kKeepNumDims(view.node()) ? std::max(5, row_version) : row_version;
}

}  // namespace

const OpDef& op_fully_connected() {
  static const OpDef def = {
      .name = "FULLY_CONNECTED",
      .code = 9,
      .options_record = "FullyConnectedOptions",
      .summary = "y[r,o] = act(bias[o] + sum w[o,i] x[r,i])",
      .inputs = {{"input"}, {"filter"}, {"bias", OperandDef::kOptional}},
      .outputs = {{"output"}},
      .options = {kFusedActivation.info(), kWeightsFormat.info(), kKeepNumDims.info(), kAsymmetricInputs.info(),
                  kBiasType.info()},
      .types = {{"float32", {kF32, kF32, kF32}, {kF32}, 1},
                {"hybrid", {kF32, kI8 | kI4, kF32}, {kF32}, 3},
                {"uint8", {kU8, kU8, kI32}, {kU8}, 1},
                {"int8", {kI8, kI8 | kI4, kI32}, {kI8}, 4},
                {"int16x8", {kI16, kI8 | kI4, kI64 | kI32}, {kI16}, 7},
                {"int16", {kI16, kI16, kI32}, {kI16}, 7}},
      .traits = {.applies_activation = true},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true,
                       .int16 = true,
                       .symmetric_int16 = true,
                       .inputs = {kActivationRule, weight_rule(0), kBiasRule},
                       .outputs = {kActivationRule},
                       .hybrid_weight = kFilter,
                       .hybrid_per_channel = true,
                       .hybrid_asymmetric_inputs = true},
      .layout = {.kind = LayoutKind::kBlocks, .columns = kFilter},
      .macs = macs,
      .version = version,
  };
  return def;
}

}  // namespace pestle::ops
