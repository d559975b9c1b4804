#include "runtime/product.h"

namespace pestle::runtime {
namespace {

using namespace kernels;

enum Operand { kInput, kFilter, kBias };

const GemmIntKernel* integer_kernel(DType activations, DType weights) {
  if (weights == DType::kInt4) weights = DType::kInt8;  // as widened_filter() has it
  if (activations == DType::kInt8 && weights == DType::kInt8) return &best_gemm_i8();
  if (activations == DType::kUInt8 && weights == DType::kUInt8) return &best_gemm_u8();
  if (activations == DType::kInt16 && weights == DType::kInt8) return &best_gemm_i16();
  if (activations == DType::kFloat32 && weights == DType::kInt8) return &best_gemm_i8();
  return nullptr;
}

// s_x * s_w[o] / s_y in double, as the reference FULLY_CONNECTED has it, of all channels of the filter.
std::vector<double> real_scales(const BindRequest& request) {
  const ir::Type& filter = request.input(kFilter);
  std::vector<double> scales(static_cast<size_t>(filter.shape[0]));
  for (size_t o = 0; o < scales.size(); ++o) {
    const double weight = filter.quantization->scale_at(o);
    scales[o] =
        static_cast<double>(request.input(kInput).scale()) * weight / static_cast<double>(request.output(0).scale());
  }
  return scales;
}

ptrdiff_t depth(const GemmShape& shape) { return ptrdiff_t{shape.taps} * shape.channels; }

template <typename T>
const T* from(const T* values, ptrdiff_t first) {
  return values == nullptr ? nullptr : values + first;
}

}  // namespace

ops::WidenedFilter widened_filter(const BindRequest& request) {
  return ops::WidenedFilter({&request.input(kFilter), request.constant<std::byte>(kFilter)});
}

std::optional<Product> Product::make(const BindRequest& request, const ProductSpec& spec) {
  if (!request.is_constant(kFilter) || (request.has(kBias) && !request.is_constant(kBias))) return std::nullopt;
  const DType activations = request.input(kInput).dtype;
  const DType weights = request.input(kFilter).dtype;
  Product product(spec);
  if (activations == DType::kFloat32 && weights == DType::kFloat32) {
    product.pack_floats(request);
    return product;
  }
  product.integer_ = integer_kernel(activations, weights);
  if (product.integer_ == nullptr || request.input(kFilter).quantization->blocks) return std::nullopt;
  activations == DType::kFloat32 ? product.pack_raw(request) : product.pack_integers(request);
  return product;
}

void Product::pack_floats(const BindRequest& request) {
  const GemmShape& shape = spec_.shape;
  const ptrdiff_t k = depth(shape);
  is_float_ = true;
  left_bytes_ = out_bytes_ = sizeof(float);
  f32_ = &best_gemm_f32();
  packed_ = PackedMemory(gemm_f32_packed_size(shape, f32_->tile));
  gemm_f32_pack({shape, request.constant<float>(kFilter) + spec_.first_channel * k, k, 1,
                 from(request.constant<float>(kBias), spec_.first_channel)},
                f32_->tile, packed_.data());
  const ops::FloatRange range = ops::float_range(spec_.activation);
  f32_args_ = {.shape = shape,
               .left = {},
               .packed = packed_.data(),
               .out = nullptr,
               .out_stride = spec_.out_stride,
               .lo = range.low,
               .hi = range.high};
}

void Product::pack_integers(const BindRequest& request) {
  const DType activations = request.input(kInput).dtype;
  left_bytes_ = out_bytes_ = static_cast<size_t>(dtype_bits(activations)) / 8;
  const bool wide_bias = request.has(kBias) && request.input(kBias).dtype == DType::kInt64;
  const bool wide = activations == DType::kInt16 && (wide_bias || !request.has(kBias));
  const auto multipliers = ops::channel_multipliers(request.input(kInput), request.input(kFilter), request.output(0));
  const std::vector<double> scales = real_scales(request);
  const int first = spec_.first_channel;
  GemmIntWeights weights;
  weights.shape = spec_.shape;
  weights.stride_n = depth(spec_.shape);
  std::optional<ops::WidenedFilter> widened;
  if (request.input(kFilter).dtype == DType::kInt4) widened.emplace(widened_filter(request));
  const auto* codes = widened ? widened->data() : request.constant<int8_t>(kFilter);
  weights.weights = codes + first * weights.stride_n;
  weights.bias = wide_bias ? nullptr : from(request.constant<int32_t>(kBias), first);
  weights.bias64 = wide_bias ? from(request.constant<int64_t>(kBias), first) : nullptr;
  weights.left_zero = request.input(kInput).zero_point();
  // The reference FULLY_CONNECTED takes filters with several scales for symmetric.
  const bool symmetric = spec_.rescaling == Rescaling::kReal && request.input(kFilter).quantization->per_channel();
  weights.weight_zero = symmetric ? 0 : request.input(kFilter).zero_point();
  weights.scaling =
      spec_.rescaling == Rescaling::kReal ? GemmScaling::kReal : (wide ? GemmScaling::kFixed64 : GemmScaling::kFixed);
  weights.multipliers = multipliers.data() + first;
  weights.scales = scales.data() + first;
  packed_ = PackedMemory(gemm_int_packed_size(spec_.shape, *integer_));
  gemm_int_pack(weights, *integer_, packed_.data());
  const ops::CodeRange range = ops::code_range(spec_.activation, request.output(0));
  integer_args_ = {.shape = spec_.shape,
                   .left = {},
                   .packed = packed_.data(),
                   .out = nullptr,
                   .out_stride = spec_.out_stride,
                   .scaling = weights.scaling,
                   .weight_zero = weights.weight_zero,
                   .out_zero = request.output(0).zero_point(),
                   .lo = range.low,
                   .hi = range.high};
}

void Product::pack_raw(const BindRequest& request) {
  left_bytes_ = sizeof(int8_t);
  out_bytes_ = sizeof(int32_t);
  GemmIntWeights weights;
  weights.shape = spec_.shape;
  weights.stride_n = depth(spec_.shape);
  const ops::WidenedFilter widened = widened_filter(request);
  weights.weights = widened.data() + spec_.first_channel * weights.stride_n;
  weights.scaling = GemmScaling::kNone;
  packed_ = PackedMemory(gemm_int_packed_size(spec_.shape, *integer_));
  gemm_int_pack(weights, *integer_, packed_.data());
  integer_args_ = {.shape = spec_.shape,
                   .left = {},
                   .packed = packed_.data(),
                   .out = nullptr,
                   .out_stride = spec_.out_stride,
                   .scaling = GemmScaling::kNone};
}

void Product::run(const GemmLeft& left, int rows, Columns columns, std::byte* out) const {
  const GemmBlock block{0, rows, columns.first, columns.last};
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
  const int n = spec_.shape.n;
  const auto row_bytes = static_cast<ptrdiff_t>(static_cast<size_t>(spec_.shape.channels) * left_bytes_);
  const size_t out_row_bytes = static_cast<size_t>(spec_.out_stride) * out_bytes_;
  if (rows < int64_t{2} * tile_rows()) {  // too few rows to share: share the columns
    pool.parallel_ranges(n, tile_columns(), [&](int64_t n0, int64_t n1) {
      run({.data = left, .row_bytes = row_bytes}, static_cast<int>(rows), {static_cast<int>(n0), static_cast<int>(n1)},
          out);
    });
    return;
  }
  pool.parallel_ranges(rows, tile_rows(), [&](int64_t m0, int64_t m1) {
    run({.data = left + m0 * row_bytes, .row_bytes = row_bytes}, static_cast<int>(m1 - m0), {0, n},
        out + static_cast<size_t>(m0) * out_row_bytes);
  });
}

}  // namespace pestle::runtime
