// Sums of quantized operands with different scales (ADD, SUB, SQUARED_DIFFERENCE): both are brought to one scale,
// with `left_shift` extra bits, before they meet. Formulas: docs/semantics.md#elementwise.
#pragma once

#include <algorithm>

#include "base/fixed_point.h"
#include "ir/type.h"
#include "ops/core/fused_activation.h"
#include "ops/core/op_def.h"
#include "ops/core/option.h"

namespace pestle::ops {

// Both operands in units of 2 * max(scale) / 2^left_shift.
class CommonScale {
 public:
  CommonScale(const ir::Type& a, const ir::Type& b, int left_shift)
      : twice_max_(2 * static_cast<double>(std::max(a.scale(), b.scale()))),
        left_shift_(left_shift),
        zero_a_(a.zero_point()),
        zero_b_(b.zero_point()),
        a_(quantize_multiplier(static_cast<double>(a.scale()) / twice_max_)),
        b_(quantize_multiplier(static_cast<double>(b.scale()) / twice_max_)) {}

  int32_t a(int32_t code) const { return multiply(wrapping_shift_left(code - zero_a_, left_shift_), a_); }
  int32_t b(int32_t code) const { return multiply(wrapping_shift_left(code - zero_b_, left_shift_), b_); }
  double twice_max() const { return twice_max_; }
  FixedMultiplier multiplier_a() const { return a_; }
  FixedMultiplier multiplier_b() const { return b_; }
  // From the common unit to that of `output`.
  double to_output(const ir::Type& output) const {
    return twice_max_ / (static_cast<double>(1 << left_shift_) * static_cast<double>(output.scale()));
  }

 private:
  double twice_max_;
  int left_shift_;
  int32_t zero_a_;
  int32_t zero_b_;
  FixedMultiplier a_;
  FixedMultiplier b_;
};

// int16 only: if the property is set and all scales are powers of two, operands are shifted instead of multiplied.
inline constexpr BoolOption kPotScaleInt16{"pot_scale_int16", true};

// ADD (sign 1) and SUB (sign -1); the caller adds summary, type rows and versions.
OpDef sum_operator(const char* name, int code, int sign);

// The extra bits of ADD and SUB.
int sum_left_shift(DType dtype);
// True if the node shifts its operands instead of multiplying them.
bool sums_by_shifts(const ir::Node& node, const ir::Type& a, const ir::Type& b, const ir::Type& output);

}  // namespace pestle::ops
