// multiply(int32, FixedMultiplier) of base/fixed_point.h on vector registers, bit for bit, for any instruction set. L
// (lanes_<isa>.h) has
//   Ints (int32 lanes) with add, sub, max, set1; Flags, one a lane, with greater(a, b) and none(flags)
//   shift_left(x, bits), shift_right(x, bits): bits by lane; shift_right keeps the sign, halve(x) does not
//   odd(x): the odd lanes in the low halves of 64 bits
//   multiply_high(x, even, odd): (x * m + 2^30) >> 31, m by even and by odd lanes
//   add_flags(x, flags): x + 1 where set; masked_sign(x, flags): -1 where x is negative and the flag set, else 0
//   bit_and(a, b), sign(x): -1 or 0
// Plain header; L is local to its file, so every instance here is too.
#pragma once

#include <stdint.h>

namespace pestle::kernels {

template <typename L>
struct FixedLanes {
  typename L::Ints even, odd;        // multipliers of the even and of the odd lanes, each in the low half of 64 bits
  typename L::Ints left, right;      // shifts
  typename L::Ints mask, threshold;  // of the rounding right shift
};

template <typename L>
static inline FixedLanes<L> fixed_lanes(typename L::Ints multipliers, typename L::Ints exponents) {
  const auto none = L::set1(0), one = L::set1(1);
  const auto right = L::max(L::sub(none, exponents), none);
  const auto mask = L::sub(L::shift_left(one, right), one);
  return {multipliers, L::odd(multipliers), L::max(exponents, none), right, mask, L::halve(mask)};
}

// multiply_high() is both half-rounding rules of the reference's SaturatingRoundingDoublingHighMul in one, as
// multipliers are not negative.
template <typename L>
static inline typename L::Ints multiply_lanes(typename L::Ints x, const FixedLanes<L>& f) {
  const auto high = L::multiply_high(L::shift_left(x, f.left), f.even, f.odd);
  // Ties away from zero: a negative value needs one more than half.
  const auto threshold = L::sub(f.threshold, L::sign(high));
  return L::add_flags(L::shift_right(high, f.right), L::greater(L::bit_and(high, f.mask), threshold));
}

// The same in fewer steps for exponents in [-30, 0] and |x| <= 2^30 + 2^29: nothing is shifted left, and adding half of
// the divisor (at most 2^29) cannot overflow.
template <typename L>
struct FixedDownLanes {
  typename L::Ints even, odd;
  typename L::Ints right, half;
  typename L::Flags shifts;  // lanes with a shift: without one there is nothing to round
};

template <typename L>
static inline FixedDownLanes<L> fixed_down_lanes(typename L::Ints multipliers, typename L::Ints exponents) {
  const auto none = L::set1(0);
  const auto right = L::sub(none, exponents);
  return {multipliers, L::odd(multipliers), right, L::halve(L::shift_left(L::set1(1), right)), L::greater(right, none)};
}

// True if the exponents allow it and |bias| <= 2^30: sums may then add up to 2^29.
template <typename L>
static inline bool fits_down_lanes(typename L::Ints exponents, typename L::Ints bias) {
  const auto bound = L::set1(1 << 30);
  return L::none(L::greater(exponents, L::set1(0))) && L::none(L::greater(L::set1(-30), exponents)) &&
         L::none(L::greater(bias, bound)) && L::none(L::greater(L::sub(L::set1(0), bound), bias));
}

template <typename L>
static inline typename L::Ints multiply_down_lanes(typename L::Ints x, const FixedDownLanes<L>& f) {
  const auto high = L::multiply_high(x, f.even, f.odd);
  const auto sign = L::masked_sign(high, f.shifts);  // ties go away from zero
  return L::shift_right(L::add(L::add(high, f.half), sign), f.right);
}

}  // namespace pestle::kernels
