// The quantized binary loop over vector registers, written once. An instruction-set file defines, in an anonymous
// namespace, a struct V that adds to its lanes (lanes_<isa>.h)
//   load(pointer): kWidth codes of a type; store(pointer, x)
// Plain header; V is local to its file, so every instance here is too.
#pragma once

#include <string.h>

#include "kernels/elementwise/float_loop.h"
#include "kernels/fixed_point_lanes.h"

namespace pestle::kernels {

template <typename V>
struct BinaryConstants {
  typename V::Ints a_zero, b_zero, out_zero, lo, hi;
  FixedLanes<V> a, b, out;
};

template <typename V>
static inline FixedLanes<V> fixed_of(ElementwiseMultiplier m) {
  return fixed_lanes<V>(V::set1(m.multiplier), V::set1(m.exponent));
}

template <typename V>
static inline BinaryConstants<V> binary_constants(const BinaryArgs& args) {
  return {V::set1(args.a_zero),
          V::set1(args.b_zero),
          V::set1(args.out_zero),
          V::set1(args.lo - args.out_zero),
          V::set1(args.hi - args.out_zero),
          fixed_of<V>(args.a_multiplier),
          fixed_of<V>(args.b_multiplier),
          fixed_of<V>(args.out_multiplier)};
}

// What becomes of an operand before the two are combined.
template <typename V, BinaryOp kOp>
static inline typename V::Ints binary_operand(typename V::Ints code, typename V::Ints zero, const FixedLanes<V>& fixed,
                                              int shift) {
  const auto value = V::sub(code, zero);
  if constexpr (kOp == BinaryOp::kMul) return value;
  return multiply_lanes<V>(V::shift_left(value, shift), fixed);
}

template <typename V, BinaryOp kOp>
static inline typename V::Ints binary_result(const BinaryConstants<V>& k, typename V::Ints a, typename V::Ints b) {
  typename V::Ints sum;
  if constexpr (kOp == BinaryOp::kAdd) sum = V::add(a, b);
  if constexpr (kOp == BinaryOp::kSub) sum = V::sub(a, b);
  if constexpr (kOp == BinaryOp::kMul) sum = V::mul(a, b);
  return V::add(V::clamp(multiply_lanes<V>(sum, k.out), k.lo, k.hi), k.out_zero);
}

// One row. An operand of step 0 is converted once; the elements past whole vectors pass through a buffer.
template <typename V, BinaryOp kOp, typename T>
static inline void int_row(const BinaryArgs& args, const BinaryConstants<V>& k, ptrdiff_t row) {
  const T* a = (const T*)args.a + row * args.a_stride;
  const T* b = (const T*)args.b + row * args.b_stride;
  T* out = (T*)args.out + row * args.columns;
  const int shift = args.left_shift;
  auto va = binary_operand<V, kOp>(V::set1(*a), k.a_zero, k.a, shift);
  auto vb = binary_operand<V, kOp>(V::set1(*b), k.b_zero, k.b, shift);
  for (int i = 0; i < args.columns; i += V::kWidth) {
    const int count = args.columns - i < V::kWidth ? args.columns - i : V::kWidth;
    T some_a[V::kWidth] = {}, some_b[V::kWidth] = {}, some_out[V::kWidth];
    const T* at_a = a + i * args.a_step;
    const T* at_b = b + i * args.b_step;
    if (count < V::kWidth && args.a_step != 0) at_a = (const T*)memcpy(some_a, at_a, sizeof(T) * (size_t)count);
    if (count < V::kWidth && args.b_step != 0) at_b = (const T*)memcpy(some_b, at_b, sizeof(T) * (size_t)count);
    if (args.a_step != 0) va = binary_operand<V, kOp>(V::load(at_a), k.a_zero, k.a, shift);
    if (args.b_step != 0) vb = binary_operand<V, kOp>(V::load(at_b), k.b_zero, k.b, shift);
    V::store(count < V::kWidth ? some_out : out + i, binary_result<V, kOp>(k, va, vb));
    if (count < V::kWidth) memcpy(out + i, some_out, sizeof(T) * (size_t)count);
  }
}

template <typename V, BinaryOp kOp, typename T>
static inline void int_binary(const BinaryArgs& args, int first_row, int last_row) {
  if (args.columns <= 0) return;
  const BinaryConstants<V> k = binary_constants<V>(args);
  for (ptrdiff_t row = first_row; row < last_row; ++row) int_row<V, kOp, T>(args, k, row);
}

template <typename V, BinaryOp kOp, BinaryType kType>
static inline void binary(const BinaryArgs& args, int first_row, int last_row) {
  if constexpr (kType == BinaryType::kFloat32) float_binary<kOp>(args, first_row, last_row);
  if constexpr (kType == BinaryType::kInt8) int_binary<V, kOp, int8_t>(args, first_row, last_row);
  if constexpr (kType == BinaryType::kUInt8) int_binary<V, kOp, uint8_t>(args, first_row, last_row);
  if constexpr (kType == BinaryType::kInt16) int_binary<V, kOp, int16_t>(args, first_row, last_row);
}

}  // namespace pestle::kernels
