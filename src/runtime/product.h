// A packed matrix product as steps use it: the types of a node's input, filter and bias choose the kernel, the
// weights are packed once, and the rows of the result are spread over threads. Serves every binding that multiplies
// by a constant matrix (CONV_2D, FULLY_CONNECTED).
#pragma once

#include "kernels/gemm/gemm.h"
#include "ops/core/fused_activation.h"
#include "runtime/binding.h"

namespace pestle::runtime {

// How integer accumulators become codes: LiteRT's reference rescales convolutions in fixed point and
// FULLY_CONNECTED in double.
enum class Rescaling : uint8_t { kFixedPoint, kReal };

class Product {
 public:
  // From operands 0 (input), 1 (filter, constant) and 2 (bias, optional, constant) of the node; nothing if no kernel
  // takes their types.
  static std::optional<Product> make(const BindRequest& request, kernels::GemmShape shape, ops::FusedActivation activation,
                                     Rescaling rescaling);

  const char* kernel_name() const;
  // Bytes of one value of the left operand, and of one value of the result.
  size_t value_bytes() const { return value_bytes_; }
  int tile_rows() const { return is_float_ ? f32_->tile.rows : integer_->tile.rows; }
  int tile_columns() const { return is_float_ ? f32_->tile.columns : integer_->tile.columns; }
  const kernels::GemmShape& shape() const { return shape_; }

  // Rows [0, rows) of `left`, columns [n0, n1), into `out` (row-major, shape().n values a row).
  void run(const kernels::GemmLeft& left, int rows, int n0, int n1, std::byte* out) const;
  // All rows that lie one after the other, over the pool's threads.
  void run_dense(const std::byte* left, int64_t rows, std::byte* out, ThreadPool& pool) const;

 private:
  Product() : packed_(0) {}

  bool is_float_ = true;
  size_t value_bytes_ = 0;
  kernels::GemmShape shape_;
  PackedMemory packed_;
  const kernels::GemmF32Kernel* f32_ = nullptr;
  kernels::GemmF32Args f32_args_;
  const kernels::GemmIntKernel* integer_ = nullptr;
  kernels::GemmIntArgs integer_args_;
};

}  // namespace pestle::runtime
