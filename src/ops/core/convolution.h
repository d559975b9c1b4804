// The arithmetic that CONV_2D, DEPTHWISE_CONV_2D and TRANSPOSE_CONV share: bias, requantization and activation for
// each combination of types (docs/semantics.md#convolutions). The operator says which products make up an
// output: `products(zero, term, finish)` calls finish(output_index, output_channel, accumulator) for every output,
// the accumulator being zero, then term(accumulator, input_index, filter_index) over its taps in a fixed order.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "ops/core/fused_activation.h"
#include "ops/core/hybrid.h"
#include "ops/core/op_def.h"
#include "ops/core/requantize.h"
#include "ops/core/window.h"

namespace pestle::ops {

struct Convolution {
  const InputOperand& input;
  const InputOperand& filter;
  const InputOperand* bias = nullptr;  // null: none
  const OutputOperand& output;
  FusedActivation activation = FusedActivation::kNone;
  int channel_axis = 0;  // of the filter: counts output channels
  HybridRange hybrid_range = HybridRange::kAsymmetric;
  bool scales_first = false;  // hybrid: acc * (s_x s_w) instead of (acc * s_w) * s_x
};

// Bias is absent or has one value a channel.
Status check_bias(const Inference& in, int bias, int64_t channels);
// That the channels of input and filter do not fit.
Status misfit_channels(const Shape& input, const Shape& filter);

// CONV_2D and DEPTHWISE_CONV_2D: the rest of the inference once their channels fit (bias, activation, window, output),
// and what the two have in common besides. Operands are input, filter and bias; filters count output channels along
// `channel_axis`. The caller adds summary, options, type rows, inference, reference, cost and versions.
Status infer_convolved(Inference& in, int64_t channels);
OpDef convolution_operator(const char* name, int code, int channel_axis);

template <typename Products>
void convolve_float(const Convolution& c, const Products& products) {
  const float* x = c.input.as<float>();
  const float* w = c.filter.as<float>();
  const float* bias = c.bias ? c.bias->as<float>() : nullptr;
  float* y = c.output.as<float>();
  const FloatRange range = float_range(c.activation);
  products(
      0.0f, [=](float acc, int64_t i, int64_t k) { return std::fma(x[i], w[k], acc); },
      [=](int64_t i, int64_t o, float acc) { y[i] = clamp_to(bias ? acc + bias[o] : acc, range); });
}

// Code is the storage of activations, Weight that of the filter, Bias the type of bias and accumulator.
template <typename Code, typename Weight, typename Bias, typename Products>
void convolve_integer(const Convolution& c, const Weight* w, const Products& products) {
  const Code* x = c.input.as<Code>();
  const Bias* bias = c.bias ? c.bias->as<Bias>() : nullptr;
  Code* y = c.output.as<Code>();
  const Bias x_zero = c.input.zero_point();
  const Bias w_zero = c.filter.zero_point();
  const auto multipliers = channel_multipliers(*c.input.type, *c.filter.type, *c.output.type, c.channel_axis);
  const CodeRange range = code_range(c.activation, *c.output.type);
  const int32_t y_zero = c.output.zero_point();
  products(
      Bias{0}, [=](Bias acc, int64_t i, int64_t k) { return acc + (x[i] - x_zero) * (w[k] - w_zero); },
      [&, bias, y](int64_t i, int64_t o, Bias acc) {
        const Bias sum = bias ? acc + bias[o] : acc;
        y[i] = static_cast<Code>(std::clamp(multiply(sum, multipliers[o]) + y_zero, range.low, range.high));
      });
}

// Float activations, int8 weights: the whole image of a batch element is quantized at run time.
template <typename Products>
void convolve_hybrid(const Convolution& c, const Products& products) {
  const ir::Quantization& filter = *c.filter.type->quantization;
  const WidenedFilter widened(c.filter);
  const int8_t* w = widened.data();
  const float* bias = c.bias ? c.bias->as<float>() : nullptr;
  float* y = c.output.as<float>();
  const FloatRange range = float_range(c.activation);
  const int64_t batches = std::max<int64_t>(c.input.shape()[0], 1);
  const int64_t image = c.input.elements() / batches;
  const int64_t per_batch = c.output.elements() / batches;
  const HybridRows rows = quantize_rows({c.input.as<float>(), batches, image}, c.hybrid_range);
  products(
      0, [&](int32_t acc, int64_t i, int64_t k) { return acc + w[k] * (rows.codes[i] - rows.zero_points[i / image]); },
      [&](int64_t i, int64_t o, int32_t acc) {
        const float row_scale = rows.scales[i / per_batch];
        const float value = c.scales_first ? static_cast<float>(acc) * (filter.scale_at(o) * row_scale)
                                           : static_cast<float>(acc) * filter.scale_at(o) * row_scale;
        y[i] = clamp_to(bias ? value + bias[o] : value, range);
      });
}

// Picks the arithmetic by the types of the operands.
template <typename Products>
Status evaluate_convolution(const Convolution& c, const Products& products) {
  switch (c.input.dtype()) {
    case DType::kFloat32:
      c.filter.dtype() == DType::kFloat32 ? convolve_float(c, products) : convolve_hybrid(c, products);
      return {};
    case DType::kInt8:
      convolve_integer<int8_t, int8_t, int32_t>(c, WidenedFilter(c.filter).data(), products);
      return {};
    case DType::kUInt8: convolve_integer<uint8_t, uint8_t, int32_t>(c, c.filter.as<uint8_t>(), products); return {};
    case DType::kInt16:
      if (c.bias && c.bias->dtype() == DType::kInt32) {
        convolve_integer<int16_t, int8_t, int32_t>(c, c.filter.as<int8_t>(), products);
      } else {
        convolve_integer<int16_t, int8_t, int64_t>(c, c.filter.as<int8_t>(), products);
      }
      return {};
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

}  // namespace pestle::ops
