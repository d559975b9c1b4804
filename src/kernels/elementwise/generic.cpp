// Portable element-wise kernels; the integer arithmetic is that of base/fixed_point.h.
#include <algorithm>

#include "base/fixed_point.h"
#include "kernels/elementwise/elementwise.h"
#include "kernels/elementwise/float_loop.h"

namespace pestle::kernels {
namespace {

int32_t scaled(int32_t x, ElementwiseMultiplier m) { return multiply(x, FixedMultiplier{m.multiplier, m.exponent}); }

template <BinaryOp kOp>
int32_t combined(const BinaryArgs& args, int32_t a, int32_t b) {
  if constexpr (kOp == BinaryOp::kMul) return a * b;
  const int32_t left = scaled(wrapping_shift_left(a, args.left_shift), args.a_multiplier);
  const int32_t right = scaled(wrapping_shift_left(b, args.left_shift), args.b_multiplier);
  return kOp == BinaryOp::kAdd ? left + right : left - right;
}

template <BinaryOp kOp, typename T>
void int_binary(const BinaryArgs& args, int first_row, int last_row) {
  for (ptrdiff_t row = first_row; row < last_row; ++row) {
    const T* a = static_cast<const T*>(args.a) + row * args.a_stride;
    const T* b = static_cast<const T*>(args.b) + row * args.b_stride;
    T* out = static_cast<T*>(args.out) + row * args.columns;
    for (int i = 0; i < args.columns; ++i) {
      const int32_t sum = combined<kOp>(args, a[i * args.a_step] - args.a_zero, b[i * args.b_step] - args.b_zero);
      const int64_t value = int64_t{scaled(sum, args.out_multiplier)} + args.out_zero;
      out[i] = static_cast<T>(std::clamp<int64_t>(value, args.lo, args.hi));
    }
  }
}

}  // namespace

#define PESTLE_INT(name, op, T)                                    \
  void name(const BinaryArgs& args, int first_row, int last_row) { \
    int_binary<BinaryOp::op, T>(args, first_row, last_row);        \
  }
#define PESTLE_FLOAT(name, op)                                     \
  void name(const BinaryArgs& args, int first_row, int last_row) { \
    float_binary<BinaryOp::op>(args, first_row, last_row);         \
  }

PESTLE_FLOAT(add_f32_generic, kAdd)
PESTLE_FLOAT(sub_f32_generic, kSub)
PESTLE_FLOAT(mul_f32_generic, kMul)
PESTLE_INT(add_i8_generic, kAdd, int8_t)
PESTLE_INT(sub_i8_generic, kSub, int8_t)
PESTLE_INT(mul_i8_generic, kMul, int8_t)
PESTLE_INT(add_u8_generic, kAdd, uint8_t)
PESTLE_INT(sub_u8_generic, kSub, uint8_t)
PESTLE_INT(mul_u8_generic, kMul, uint8_t)
PESTLE_INT(add_i16_generic, kAdd, int16_t)
PESTLE_INT(sub_i16_generic, kSub, int16_t)
PESTLE_INT(mul_i16_generic, kMul, int16_t)

void table_8_generic(const TableArgs& args, ptrdiff_t first, ptrdiff_t last) {
  for (ptrdiff_t i = first; i < last; ++i) args.out[i] = args.table[args.in[i]];
}

void clamp_f32_generic(const ClampArgs& args, ptrdiff_t first, ptrdiff_t last) { float_clamp_all(args, first, last); }

}  // namespace pestle::kernels
