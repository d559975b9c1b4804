#include "runtime/product.h"

#include "ops/core/requantize.h"

namespace pestle::runtime {
namespace {

using namespace kernels;

enum Operand { kInput, kFilter, kBias };

const GemmIntKernel* integer_kernel(DType activations, DType weights) {
  if (activations == DType::kInt8 && weights == DType::kInt8) return &best_gemm_i8();
  if (activations == DType::kUInt8 && weights == DType::kUInt8) return &best_gemm_u8();
  if (activations == DType::kInt16 && weights == DType::kInt8) return &best_gemm_i16();
  return nullptr;
}

// s_x * s_w[o] / s_y in double, as the reference FULLY_CONNECTED has it.
std::vector<double> real_scales(const BindRequest& request, int n) {
  std::vector<double> scales(static_cast<size_t>(n));
  for (int o = 0; o < n; ++o) {
    const double weight = request.input(kFilter).quantization->scale_at(static_cast<size_t>(o));
    scales[o] = static_cast<double>(request.input(kInput).scale()) * weight / static_cast<double>(request.output(0).scale());
  }
  return scales;
}

}  // namespace

std::optional<Product> Product::make(const BindRequest& request, GemmShape shape, ops::FusedActivation activation,
                                     Rescaling rescaling) {
  if (!request.is_constant(kFilter) || (request.has(kBias) && !request.is_constant(kBias))) return std::nullopt;
  const DType activations = request.input(kInput).dtype;
  Product product;
  product.shape_ = shape;
  product.value_bytes_ = static_cast<size_t>(dtype_bits(activations)) / 8;
  const ptrdiff_t k = ptrdiff_t{shape.taps} * shape.channels;
  if (activations == DType::kFloat32 && request.input(kFilter).dtype == DType::kFloat32) {
    product.f32_ = &best_gemm_f32();
    product.packed_ = PackedMemory(gemm_f32_packed_size(shape, product.f32_->tile));
    gemm_f32_pack({shape, request.constant<float>(kFilter), k, 1, request.constant<float>(kBias)}, product.f32_->tile, product.packed_.data());
    const ops::FloatRange range = ops::float_range(activation);
    product.f32_args_ = {.shape = shape, .left = {}, .packed = product.packed_.data(), .out = nullptr, .out_stride = shape.n, .lo = range.low, .hi = range.high};
    return product;
  }
  product.is_float_ = false;
  product.integer_ = integer_kernel(activations, request.input(kFilter).dtype);
  if (product.integer_ == nullptr) return std::nullopt;
  const bool wide_bias = request.has(kBias) && request.input(kBias).dtype == DType::kInt64;
  const bool wide = activations == DType::kInt16 && !(request.has(kBias) && !wide_bias);
  const auto multipliers = ops::channel_multipliers(request.input(kInput), request.input(kFilter), request.output(0));
  const std::vector<double> scales = real_scales(request, shape.n);
  GemmIntWeights weights;
  weights.shape = shape;
  weights.weights = request.constant<std::byte>(kFilter);
  weights.stride_n = k;
  weights.bias = wide_bias ? nullptr : request.constant<int32_t>(kBias);
  weights.bias64 = wide_bias ? request.constant<int64_t>(kBias) : nullptr;
  weights.left_zero = request.input(kInput).zero_point();
  weights.weight_zero = request.input(kFilter).zero_point();
  weights.scaling = rescaling == Rescaling::kReal ? GemmScaling::kReal : (wide ? GemmScaling::kFixed64 : GemmScaling::kFixed);
  weights.multipliers = multipliers.data();
  weights.scales = scales.data();
  product.packed_ = PackedMemory(gemm_int_packed_size(shape, *product.integer_));
  gemm_int_pack(weights, *product.integer_, product.packed_.data());
  const ops::CodeRange range = ops::code_range(activation, request.output(0));
  product.integer_args_ = {.shape = shape, .left = {}, .packed = product.packed_.data(), .out = nullptr, .out_stride = shape.n,
                           .scaling = weights.scaling, .weight_zero = weights.weight_zero, .out_zero = request.output(0).zero_point(),
                           .lo = range.low, .hi = range.high};
  return product;
}

const char* Product::kernel_name() const { return is_float_ ? f32_->name : integer_->name; }

void Product::run(const GemmLeft& left, int rows, int n0, int n1, std::byte* out) const {
  const GemmBlock block{0, rows, n0, n1};
  if (is_float_) {
    GemmF32Args args = f32_args_;
    args.left = left;
    args.out = reinterpret_cast<float*>(out);
    f32_->run(args, block);
  } else {
    GemmIntArgs args = integer_args_;
    args.left = left;
    args.out = out;
    integer_->run(args, block);
  }
}

void Product::run_dense(const std::byte* left, int64_t rows, std::byte* out, ThreadPool& pool) const {
  const auto row_bytes = static_cast<ptrdiff_t>(static_cast<size_t>(shape_.channels) * value_bytes_);
  const size_t out_bytes = static_cast<size_t>(shape_.n) * value_bytes_;
  if (rows < int64_t{2} * tile_rows()) {  // too few rows to share: share the columns
    pool.parallel_ranges(shape_.n, tile_columns(), [&](int64_t n0, int64_t n1) {
      run({.data = left, .row_bytes = row_bytes}, static_cast<int>(rows), static_cast<int>(n0), static_cast<int>(n1), out);
    });
    return;
  }
  pool.parallel_ranges(rows, tile_rows(), [&](int64_t m0, int64_t m1) {
    run({.data = left + m0 * row_bytes, .row_bytes = row_bytes}, static_cast<int>(m1 - m0), 0, shape_.n, out + static_cast<size_t>(m0) * out_bytes);
  });
}

}  // namespace pestle::runtime
