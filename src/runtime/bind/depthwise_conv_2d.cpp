// DEPTHWISE_CONV_2D by the direct kernels: whole output rows, spread over threads.
#include <cstring>

#include "kernels/depthwise/depthwise.h"
#include "ops/core/fused_activation.h"
#include "ops/core/requantize.h"
#include "ops/core/window.h"
#include "runtime/hybrid.h"

namespace pestle::runtime {
namespace {

using namespace kernels;

enum Operand { kInput, kFilter, kBias };

DepthwiseShape shape_of(const BindRequest& request, const ops::WindowGrid& g) {
  const Shape& x = request.input(kInput).shape;
  const auto channels = static_cast<int>(x[3]);
  const auto i = [](int64_t value) { return static_cast<int>(value); };
  return {.in_height = i(g.in_h),
          .in_width = i(g.in_w),
          .channels = channels,
          .out_height = i(g.out_h),
          .out_width = i(g.out_w),
          .multiplier = i(request.input(kFilter).shape[3]) / channels,
          .filter_height = i(g.kernel.h),
          .filter_width = i(g.kernel.w),
          .stride_height = i(g.stride_h),
          .stride_width = i(g.stride_w),
          .dilation_height = i(g.dilation_h),
          .dilation_width = i(g.dilation_w),
          .pad_top = i(g.pad_h),
          .pad_left = i(g.pad_w)};
}

template <typename Kernel, typename Args>
Step make_step(const Kernel& kernel, Args args, int64_t rows, std::vector<PackedMemory> keep) {
  const auto run = [&kernel, args, rows, keep](const StepContext& context) {
    Args own = args;
    own.input = reinterpret_cast<decltype(own.input)>(context.inputs[0]);
    own.out = reinterpret_cast<decltype(own.out)>(context.outputs[0]);
    context.pool.parallel_ranges(rows, 1, [&](int64_t first, int64_t last) {
      kernel.run(own, static_cast<int>(first), static_cast<int>(last));
    });
    return Status{};
  };
  return {kernel.name, run, 0};
}

Step bind_float(const BindRequest& request, const DepthwiseShape& shape, int64_t rows) {
  const DepthwiseF32Kernel& kernel = best_depthwise_f32(shape.multiplier);
  PackedMemory packed(depthwise_f32_packed_size(shape, kernel));
  depthwise_f32_pack(shape, kernel, request.constant<float>(kFilter), request.constant<float>(kBias), packed.data());
  const ops::FloatRange range = ops::float_range(ops::kFusedActivation(request.node()));
  const DepthwiseF32Args args{
      .shape = shape, .input = nullptr, .packed = packed.data(), .out = nullptr, .lo = range.low, .hi = range.high};
  return make_step(kernel, args, rows, {packed});
}

Step bind_integer(const BindRequest& request, const DepthwiseShape& shape, const DepthwiseIntKernel& kernel,
                  int64_t rows) {
  const ir::Type& input = request.input(kInput);
  const auto multipliers = ops::channel_multipliers(input, request.input(kFilter), request.output(0), 3);
  const bool wide = input.dtype == DType::kInt16;
  PackedMemory packed(depthwise_int_packed_size(shape, kernel));
  depthwise_int_pack({.shape = shape,
                      .weights = request.constant<std::byte>(kFilter),
                      .bias = wide ? nullptr : request.constant<int32_t>(kBias),
                      .bias64 = wide ? request.constant<int64_t>(kBias) : nullptr,
                      .in_zero = input.zero_point(),
                      .weight_zero = request.input(kFilter).zero_point(),
                      .multipliers = multipliers.data()},
                     kernel, packed.data());
  PackedMemory zero_row(static_cast<size_t>(shape.channels) * 2);
  std::memset(zero_row.data(), wide ? 0 : input.zero_point() & 0xff, static_cast<size_t>(shape.channels) * 2);
  const ops::CodeRange range = ops::code_range(ops::kFusedActivation(request.node()), request.output(0));
  const DepthwiseIntArgs args{.shape = shape,
                              .input = nullptr,
                              .packed = packed.data(),
                              .zero_row = zero_row.data(),
                              .out = nullptr,
                              .scaling = DepthwiseScaling::kFixed,
                              .out_zero = request.output(0).zero_point(),
                              .lo = range.low,
                              .hi = range.high};
  return make_step(kernel, args, rows, {packed, zero_row});
}

// Float image, int8 weights: every image is quantized by its own range, asymmetrically. Scratch: the codes of an image,
// then a pixel of its zero point.
Step bind_hybrid(const BindRequest& request, const DepthwiseShape& shape) {
  const DepthwiseIntKernel& kernel = best_depthwise_i8(shape.multiplier);
  PackedMemory packed(depthwise_int_packed_size(shape, kernel));
  depthwise_int_pack({.shape = shape, .weights = request.constant<std::byte>(kFilter)}, kernel, packed.data());
  const HybridScaling scaling = HybridScaling::make(
      request, {.channel_axis = 3, .scales_first = true, .activation = ops::kFusedActivation(request.node())});
  const int64_t images = request.input(kInput).shape[0];
  const int64_t values = int64_t{shape.in_height} * shape.in_width * shape.channels;
  const auto run = [&kernel, shape, packed, scaling, images, values](const StepContext& context) {
    const int64_t out_row = int64_t{shape.out_width} * shape.channels * shape.multiplier;
    std::byte* zeros = context.scratch + values;
    for (int64_t b = 0; b < images; ++b) {
      auto* codes = reinterpret_cast<int8_t*>(context.scratch);
      const ops::RowParameters row =
          quantize_row(context.in<float>(0) + b * values, values, ops::HybridRange::kAsymmetric, codes);
      std::memset(zeros, row.zero_point & 0xff, static_cast<size_t>(shape.channels));
      int32_t* out = context.out<int32_t>(0) + b * shape.out_height * out_row;
      const DepthwiseIntArgs args{.shape = shape,
                                  .input = codes,
                                  .packed = packed.data(),
                                  .zero_row = zeros,
                                  .out = out,
                                  .scaling = DepthwiseScaling::kNone};
      context.pool.parallel_ranges(shape.out_height, 1, [&](int64_t first, int64_t last) {
        kernel.run(args, static_cast<int>(first), static_cast<int>(last));
        scaling.finish(row, (last - first) * shape.out_width, reinterpret_cast<std::byte*>(out + first * out_row));
      });
    }
    return Status{};
  };
  return {kernel.name, run, static_cast<size_t>(values + shape.channels)};
}

std::optional<Step> bind(const BindRequest& request) {
  if (!request.is_constant(kFilter) || (request.has(kBias) && !request.is_constant(kBias))) return std::nullopt;
  const Shape& w = request.input(kFilter).shape;
  if (request.output(0).shape.elements() == 0) return std::nullopt;
  const auto grid = ops::window_grid(request.node(), request.input(kInput).shape, {w[1], w[2]});
  const DepthwiseShape shape = shape_of(request, *grid);
  const int64_t rows = request.output(0).shape[0] * grid->out_h;
  const DType input = request.input(kInput).dtype;
  const DType filter = request.input(kFilter).dtype;
  if (input == DType::kFloat32 && filter == DType::kFloat32) return bind_float(request, shape, rows);
  if (input == DType::kFloat32 && filter == DType::kInt8) return bind_hybrid(request, shape);
  if (input == DType::kInt8 && filter == DType::kInt8)
    return bind_integer(request, shape, best_depthwise_i8(shape.multiplier), rows);
  if (input == DType::kUInt8 && filter == DType::kUInt8)
    return bind_integer(request, shape, best_depthwise_u8(shape.multiplier), rows);
  if (input == DType::kInt16 && filter == DType::kInt8)
    return bind_integer(request, shape, best_depthwise_i16(shape.multiplier), rows);
  return std::nullopt;
}

}  // namespace

const Binding& binding_depthwise_conv_2d() {
  static const Binding binding{{"DEPTHWISE_CONV_2D"}, bind};
  return binding;
}

}  // namespace pestle::runtime
