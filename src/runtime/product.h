// A packed matrix product as steps use it: the types of a node's input, filter and bias choose the kernel, the
// weights are packed once, and the rows of the result are spread over threads. Serves every binding that multiplies
// by a constant matrix (CONV_2D, FULLY_CONNECTED). For float activations with int8 weights the left operand is int8
// codes and the result raw int32 accumulators (hybrid.h does what is before and after).
#pragma once

#include "kernels/gemm/gemm.h"
#include "ops/core/fused_activation.h"
#include "ops/core/requantize.h"
#include "runtime/binding.h"

namespace pestle::runtime {

// How integer accumulators become codes: LiteRT's reference rescales convolutions in fixed point and
// FULLY_CONNECTED in double.
enum class Rescaling : uint8_t { kFixedPoint, kReal };

// The constant filter (operand 1) of a node as int8 values: int8 as it lies, int4 unpacked.
ops::WidenedFilter widened_filter(const BindRequest& request);

struct ProductSpec {
  kernels::GemmShape shape;
  ops::FusedActivation activation = ops::FusedActivation::kNone;
  Rescaling rescaling = Rescaling::kFixedPoint;
  int first_channel = 0;  // of the filter: the product has channels [first_channel, first_channel + shape.n)
  int out_stride = 0;     // elements from one row of the result to the next
};

class Product {
 public:
  // From operands 0 (input), 1 (filter, constant) and 2 (bias, optional, constant) of the node; nothing if no kernel
  // takes their types.
  static std::optional<Product> make(const BindRequest& request, const ProductSpec& spec);

  const char* kernel_name() const { return is_float_ ? f32_->name : integer_->name; }
  bool is_raw() const { return !is_float_ && integer_args_.scaling == kernels::GemmScaling::kNone; }
  // Bytes of one value of the left operand, and of one value of the result.
  size_t left_bytes() const { return left_bytes_; }
  size_t out_bytes() const { return out_bytes_; }
  int tile_rows() const { return is_float_ ? f32_->tile.rows : integer_->tile.rows; }
  int tile_columns() const { return is_float_ ? f32_->tile.columns : integer_->tile.columns; }
  const kernels::GemmShape& shape() const { return spec_.shape; }

  struct Columns {
    int first, last;
  };
  // Rows [0, rows) of `left`, some columns (all: {0, shape().n}), into `out`, whose rows are spec.out_stride apart.
  void run(const kernels::GemmLeft& left, int rows, Columns columns, std::byte* out) const;
  // All rows that lie one after the other, over the pool's threads.
  void run_dense(const std::byte* left, int64_t rows, std::byte* out, ThreadPool& pool) const;

 private:
  explicit Product(const ProductSpec& spec) : spec_(spec), packed_(0) {}
  void pack_floats(const BindRequest& request);
  void pack_integers(const BindRequest& request);
  void pack_raw(const BindRequest& request);

  ProductSpec spec_;
  PackedMemory packed_;
  bool is_float_ = false;
  size_t left_bytes_ = 0;
  size_t out_bytes_ = 0;
  const kernels::GemmF32Kernel* f32_ = nullptr;
  kernels::GemmF32Args f32_args_;
  const kernels::GemmIntKernel* integer_ = nullptr;
  kernels::GemmIntArgs integer_args_;
};

}  // namespace pestle::runtime
