// AVERAGE_POOL_2D and MAX_POOL_2D: whole output rows, spread over threads.
#include "kernels/pool/pool.h"
#include "ops/core/pool.h"
#include "runtime/binding.h"

namespace pestle::runtime {
namespace {

using namespace kernels;

std::optional<PoolType> type_of(DType dtype) {
  switch (dtype) {
    case DType::kFloat32: return PoolType::kFloat32;
    case DType::kInt8: return PoolType::kInt8;
    case DType::kUInt8: return PoolType::kUInt8;
    case DType::kInt16: return PoolType::kInt16;
    default: return std::nullopt;
  }
}

PoolShape shape_of(const ops::WindowGrid& g, int64_t channels) {
  const auto i = [](int64_t value) { return static_cast<int>(value); };
  return {.in_height = i(g.in_h),
          .in_width = i(g.in_w),
          .channels = i(channels),
          .out_height = i(g.out_h),
          .out_width = i(g.out_w),
          .filter_height = i(g.kernel.h),
          .filter_width = i(g.kernel.w),
          .stride_height = i(g.stride_h),
          .stride_width = i(g.stride_w),
          .pad_top = i(g.pad_h),
          .pad_left = i(g.pad_w)};
}

std::optional<Step> bind(const BindRequest& request) {
  const Shape& x = request.input(0).shape;
  const ir::Node& node = request.node();
  const auto grid = ops::window_grid(node, x, {ops::kFilterH(node), ops::kFilterW(node)});
  const auto type = type_of(request.input(0).dtype);
  // The kernels sum codes in 32 bits.
  constexpr int64_t kLargestWindow = int64_t{1} << 15;
  const int64_t window = std::min(grid->kernel.h, grid->in_h) * std::min(grid->kernel.w, grid->in_w);
  if (!type || window > kLargestWindow || request.output(0).shape.elements() == 0) return std::nullopt;
  const ops::FusedActivation activation = ops::kFusedActivation(node);
  const ops::FloatRange real = ops::float_range(activation);
  PoolArgs args{
      .shape = shape_of(*grid, x[3]), .input = nullptr, .out = nullptr, .float_lo = real.low, .float_hi = real.high};
  if (*type != PoolType::kFloat32) {
    const ops::CodeRange codes = ops::code_range(activation, request.output(0));
    args.lo = codes.low;
    args.hi = codes.high;
  }
  const PoolKernel& kernel = best_pool(node.is("MAX_POOL_2D") ? PoolKind::kMax : PoolKind::kAverage, *type);
  const int64_t rows = x[0] * grid->out_h;
  const auto run = [&kernel, args, rows](const StepContext& context) {
    PoolArgs own = args;
    own.input = context.inputs[0];
    own.out = context.outputs[0];
    context.pool.parallel_ranges(rows, 1, [&](int64_t first, int64_t last) {
      kernel.run(own, static_cast<int>(first), static_cast<int>(last));
    });
    return Status{};
  };
  return Step{kernel.name, run, 0};
}

}  // namespace

const Binding& binding_pool_2d() {
  static const Binding binding{{"AVERAGE_POOL_2D", "MAX_POOL_2D"}, bind};
  return binding;
}

}  // namespace pestle::runtime
