// CONV_2D
//   y[b,i,j,o] = act(bias[o] + sum over ky,kx,c of w[o,ky,kx,c] * x[b, i*sh - ph + ky*dh, j*sw - pw + kx*dw, g*C + c])
//   x [B,H,W,groups*C], w [O,KH,KW,C], bias [O], y [B,H',W',O]; output channel o belongs to group g = o / (O/groups).
// Taps outside the image count as real zero. Per-channel weights have their scales along axis 0 and zero point 0.
// Arithmetic: facts-kernels.md, sections 2 and 6.
#include <algorithm>
#include <vector>

#include "base/fixed_point.h"
#include "ops/core/fused_activation.h"
#include "ops/core/hybrid.h"
#include "ops/core/op_def.h"
#include "ops/core/requantize.h"
#include "ops/core/window.h"

namespace pestle::ops {
namespace {

constexpr IntOption kStrideW{"stride_w", 0};
constexpr IntOption kStrideH{"stride_h", 0};
constexpr IntOption kDilationW{"dilation_w_factor", 1};
constexpr IntOption kDilationH{"dilation_h_factor", 1};
constexpr DTypeOption kBiasType{"quantized_bias_type", DType::kFloat32};

enum Operand { kInput, kFilter, kBias };

Status infer(Inference& in) {
  if (in.shape(kInput).rank() != 4 || in.shape(kFilter).rank() != 4) {
    return fail(ErrorCode::kInvalidModel, "input and filter must have rank 4");
  }
  const Shape& x = in.shape(kInput);
  const Shape& w = in.shape(kFilter);
  if (w[3] <= 0 || w[0] <= 0 || (x[3] != kUnknown && (x[3] % w[3] != 0 || w[0] % (x[3] / w[3]) != 0))) {
    return fail(ErrorCode::kInvalidModel, "channels of the input (" + std::to_string(x[3]) + ") do not fit a filter of shape " +
                                              to_string(w));
  }
  if (in.has(kBias) && !(in.shape(kBias) == Shape{w[0]})) {
    return fail(ErrorCode::kInvalidModel, "bias has shape " + to_string(in.shape(kBias)) + ", expected " + std::to_string(w[0]));
  }
  PESTLE_TRY(check_clamp(kFusedActivation(in.node())));
  const Padding padding = kPadding(in.node());
  const auto rows = sliding_window(x[1], w[1], kStrideH(in.node()), kDilationH(in.node()), padding);
  const auto columns = sliding_window(x[2], w[2], kStrideW(in.node()), kDilationW(in.node()), padding);
  if (!rows || !columns) return fail(ErrorCode::kInvalidModel, "the window does not fit the input " + to_string(x));
  in.set(0, in.dtype(kInput), {x[0], rows->out, columns->out, w[0]});
  return {};
}

// The extents of one convolution, for the loops below.
struct Geometry {
  int64_t batches, in_h, in_w, in_c, out_h, out_w, out_c, kernel_h, kernel_w, filter_c;
  int64_t stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
};

Geometry geometry_of(const Evaluation& e) {
  const Shape& x = e.inputs[kInput].shape();
  const Shape& w = e.inputs[kFilter].shape();
  const Shape& y = e.outputs[0].shape();
  Geometry g{x[0], x[1], x[2], x[3], y[1], y[2], y[3], w[1], w[2], w[3], kStrideH(e.node), kStrideW(e.node),
             kDilationH(e.node), kDilationW(e.node), 0, 0};
  const Padding padding = kPadding(e.node);
  g.pad_h = sliding_window(g.in_h, g.kernel_h, g.stride_h, g.dilation_h, padding)->before;
  g.pad_w = sliding_window(g.in_w, g.kernel_w, g.stride_w, g.dilation_w, padding)->before;
  return g;
}

// Calls finish(output_index, channel, accumulator) for every output, where the accumulator is
// sum of term(x_index, w_index) over the taps inside the image, in the order ky, kx, c, starting at Acc{}.
template <typename Acc, typename Term, typename Finish>
void convolve(const Geometry& g, Term term, Finish finish) {
  const int64_t per_group = g.out_c / (g.in_c / g.filter_c);
  int64_t index = 0;
  for (int64_t b = 0; b < g.batches; ++b) {
    for (int64_t i = 0; i < g.out_h; ++i) {
      for (int64_t j = 0; j < g.out_w; ++j) {
        for (int64_t o = 0; o < g.out_c; ++o, ++index) {
          Acc acc{};
          for (int64_t ky = 0; ky < g.kernel_h; ++ky) {
            const int64_t y = i * g.stride_h - g.pad_h + ky * g.dilation_h;
            if (y < 0 || y >= g.in_h) continue;
            for (int64_t kx = 0; kx < g.kernel_w; ++kx) {
              const int64_t x = j * g.stride_w - g.pad_w + kx * g.dilation_w;
              if (x < 0 || x >= g.in_w) continue;
              const int64_t at_x = ((b * g.in_h + y) * g.in_w + x) * g.in_c + o / per_group * g.filter_c;
              const int64_t at_w = ((o * g.kernel_h + ky) * g.kernel_w + kx) * g.filter_c;
              for (int64_t c = 0; c < g.filter_c; ++c) acc = term(acc, at_x + c, at_w + c);
            }
          }
          finish(index, o, acc);
        }
      }
    }
  }
}

void evaluate_float(const Evaluation& e) {
  const float* x = e.inputs[kInput].as<float>();
  const float* w = e.inputs[kFilter].as<float>();
  const float* bias = e.has(kBias) ? e.inputs[kBias].as<float>() : nullptr;
  float* y = e.outputs[0].as<float>();
  const FloatRange range = float_range(kFusedActivation(e.node));
  convolve<float>(
      geometry_of(e), [=](float acc, int64_t i, int64_t k) { return std::fma(x[i], w[k], acc); },
      [=](int64_t i, int64_t o, float acc) { y[i] = clamp_to(bias ? acc + bias[o] : acc, range); });
}

// Code is the storage of activations, Weight that of the filter, Bias and Acc the type of bias and accumulator.
template <typename Code, typename Weight, typename Bias, typename Acc>
void evaluate_integer(const Evaluation& e, const Weight* w) {
  const Code* x = e.inputs[kInput].as<Code>();
  const Bias* bias = e.has(kBias) ? e.inputs[kBias].as<Bias>() : nullptr;
  Code* y = e.outputs[0].as<Code>();
  const Acc x_zero = e.inputs[kInput].zero_point();
  const Acc w_zero = e.inputs[kFilter].zero_point();
  const auto multipliers = channel_multipliers(*e.inputs[kInput].type, *e.inputs[kFilter].type, *e.outputs[0].type);
  const CodeRange range = code_range(kFusedActivation(e.node), *e.outputs[0].type);
  const int32_t y_zero = e.outputs[0].zero_point();
  convolve<Acc>(
      geometry_of(e), [=](Acc acc, int64_t i, int64_t k) { return acc + (x[i] - x_zero) * (w[k] - w_zero); },
      [&, bias, y](int64_t i, int64_t o, Acc acc) {
        const Acc sum = bias ? acc + static_cast<Acc>(bias[o]) : acc;
        y[i] = static_cast<Code>(std::clamp(multiply(sum, multipliers[o]) + y_zero, range.low, range.high));
      });
}

// Float activations, int8 weights: the whole image of a batch element is quantized at run time.
void evaluate_hybrid(const Evaluation& e) {
  const Geometry g = geometry_of(e);
  const ir::Type& filter = *e.inputs[kFilter].type;
  const int8_t* w = e.inputs[kFilter].as<int8_t>();
  const float* bias = e.has(kBias) ? e.inputs[kBias].as<float>() : nullptr;
  float* y = e.outputs[0].as<float>();
  const FloatRange range = float_range(kFusedActivation(e.node));
  const bool one_scale = has_equal_scales(filter);
  const HybridRows rows = quantize_rows({e.inputs[kInput].as<float>(), g.batches, g.in_h * g.in_w * g.in_c},
                                        one_scale ? HybridRange::kSymmetric : HybridRange::kAsymmetric);
  const int64_t per_batch = g.out_h * g.out_w * g.out_c;
  const int64_t image = g.in_h * g.in_w * g.in_c;
  convolve<int32_t>(
      g, [&](int32_t acc, int64_t i, int64_t k) { return acc + w[k] * (rows.codes[i] - rows.zero_points[i / image]); },
      [&](int64_t i, int64_t o, int32_t acc) {
        const float row_scale = rows.scales[i / per_batch];
        const float value = one_scale ? static_cast<float>(acc) * (row_scale * filter.quantization->scale[0])
                                      : static_cast<float>(acc) * filter.quantization->scale_at(o) * row_scale;
        y[i] = clamp_to(bias ? value + bias[o] : value, range);
      });
}

Status evaluate(const Evaluation& e) {
  const DType filter = e.inputs[kFilter].dtype();
  switch (e.inputs[kInput].dtype()) {
    case DType::kFloat32:
      filter == DType::kInt8 ? evaluate_hybrid(e) : evaluate_float(e);
      return {};
    case DType::kInt8: {
      const WidenedFilter w(e.inputs[kFilter]);
      evaluate_integer<int8_t, int8_t, int32_t, int32_t>(e, w.data());
      return {};
    }
    case DType::kUInt8:
      evaluate_integer<uint8_t, uint8_t, int32_t, int32_t>(e, e.inputs[kFilter].as<uint8_t>());
      return {};
    case DType::kInt16:
      if (e.has(kBias) && e.inputs[kBias].dtype() == DType::kInt32) {
        evaluate_integer<int16_t, int8_t, int32_t, int32_t>(e, e.inputs[kFilter].as<int8_t>());
      } else {
        evaluate_integer<int16_t, int8_t, int64_t, int64_t>(e, e.inputs[kFilter].as<int8_t>());
      }
      return {};
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

int64_t macs(const NodeView& view) {
  const Shape& w = view.input(kFilter).shape;
  return view.output(0).shape.elements() * w[1] * w[2] * w[3];
}

int version(const NodeView& view, int row_version) {
  const bool per_channel = view.input(kFilter).quantization && view.input(kFilter).quantization->per_channel();
  if (view.input(kInput).dtype == DType::kInt16 && kBiasType(view.node()) != DType::kFloat32) return 8;
  if (view.input(kFilter).dtype == DType::kInt4) return 7;
  if (view.input(kInput).shape[3] != view.input(kFilter).shape[3]) return 6;
  const bool hybrid = view.input(kInput).dtype == DType::kFloat32 && view.input(kFilter).dtype == DType::kInt8;
  return hybrid && per_channel ? 5 : row_version;
}

}  // namespace

const OpDef& op_conv_2d() {
  static const OpDef def = {
      .name = "CONV_2D",
      .code = 3,
      .options_record = "Conv2DOptions",
      .summary = "y[b,i,j,o] = act(bias[o] + sum w[o,ky,kx,c] x[b,i*s-p+ky*d,j*s-p+kx*d,c])",
      .inputs = {{"input"}, {"filter"}, {"bias", OperandDef::kOptional}},
      .outputs = {{"output"}},
      .options = {kPadding.info(), kStrideW.info(), kStrideH.info(), kFusedActivation.info(), kDilationW.info(),
                  kDilationH.info(), kBiasType.info()},
      .types = {{"float32", {kF32, kF32, kF32}, {kF32}, 1},
                {"hybrid", {kF32, kI8, kF32}, {kF32}, 2},
                {"uint8", {kU8, kU8, kI32}, {kU8}, 1},
                {"int8", {kI8, kI8 | kI4, kI32}, {kI8}, 3},
                {"int16x8", {kI16, kI8, kI64 | kI32}, {kI16}, 4}},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true,
                       .int16 = true,
                       .inputs = {kActivationRule, weight_rule(0), kBiasRule},
                       .outputs = {kActivationRule},
                       .hybrid_weight = kFilter,
                       .hybrid_per_channel = true},
      .layout = {LayoutKind::kBlocks},
      .macs = macs,
      .version = version,
  };
  return def;
}

}  // namespace pestle::ops
