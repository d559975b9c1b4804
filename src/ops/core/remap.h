// Building blocks of layout rules. A rule gets the permutation p of the TRANSPOSE that its data inputs came from:
// axis a of the old order is axis p[a] of the new one, so an axis moves from a to p[a] and an entry of a per-axis
// list from place a to place p[a].
#pragma once

#include "ops/core/option.h"
#include "ops/core/rules.h"

namespace pestle::ops {

template <typename T>
std::vector<T> moved(const Permutation& permutation, const std::vector<T>& per_axis) {
  std::vector<T> out(per_axis.size());
  for (size_t i = 0; i < per_axis.size(); ++i) out[permutation[i]] = per_axis[i];
  return out;
}

// The permutation that is left when axes (of the old order) go away.
Permutation without_axes(const Permutation& permutation, const std::vector<bool>& removed);
// The permutation after a new axis was put at place `at` of the old order. In the new order it stands next to the
// same neighbour: before the axis that follows it, or after the last one. `placed` is that place.
Permutation with_axis(const Permutation& permutation, int at, int& placed);

// The axis named by an option moves; outputs keep the permutation. `rank` is that of the data.
bool remap_axis(LayoutEdit& edit, const IntOption& axis);
// Likewise the axis (or axes) in the constant operand `input`.
bool remap_axis_operand(LayoutEdit& edit, int input);
// A constant operand with `width` numbers per axis (2 for paddings) moves its entries.
bool remap_list_operand(LayoutEdit& edit, int input, int width);

}  // namespace pestle::ops
