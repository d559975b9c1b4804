#include "ops/core/remap.h"

namespace pestle::ops {

Permutation without_axes(const Permutation& permutation, const std::vector<bool>& removed) {
  const std::vector<bool> gone = moved(permutation, removed);
  std::vector<int> place(permutation.size(), 0);
  for (size_t i = 1; i < place.size(); ++i) place[i] = place[i - 1] + (gone[i - 1] ? 0 : 1);
  Permutation left;
  for (size_t i = 0; i < permutation.size(); ++i) {
    if (!removed[i]) left.push_back(place[permutation[i]]);
  }
  return left;
}

Permutation with_axis(const Permutation& permutation, int at, int& placed) {
  const int rank = static_cast<int>(permutation.size());
  placed = at < rank ? permutation[at] : (rank > 0 ? permutation[rank - 1] + 1 : 0);
  Permutation grown;
  for (int axis : permutation) grown.push_back(axis < placed ? axis : axis + 1);
  grown.insert(grown.begin() + at, placed);
  return grown;
}

bool remap_axis(LayoutEdit& edit, const IntOption& axis) {
  const Permutation& permutation = edit.permutation();
  const auto old = resolve_axis(axis(edit.node()), static_cast<int>(permutation.size()));
  if (!old) return false;
  axis.set(edit.node(), permutation[*old]);
  return true;
}

bool remap_axis_operand(LayoutEdit& edit, int input) {
  const Permutation& permutation = edit.permutation();
  const std::vector<int64_t>* axes = edit.ints(input);
  if (axes == nullptr) return false;
  std::vector<int64_t> now;
  for (int64_t axis : *axes) {
    const auto old = resolve_axis(axis, static_cast<int>(permutation.size()));
    if (!old) return false;
    now.push_back(permutation[*old]);
  }
  edit.set_ints(input, edit.input_type(input).shape, now);
  return true;
}

bool remap_list_operand(LayoutEdit& edit, int input, int width) {
  const Permutation& permutation = edit.permutation();
  const std::vector<int64_t>* old = edit.ints(input);
  if (old == nullptr || old->size() != permutation.size() * width) return false;
  std::vector<int64_t> now(old->size());
  for (size_t i = 0; i < now.size(); ++i) now[permutation[i / width] * width + i % width] = (*old)[i];
  edit.set_ints(input, edit.input_type(input).shape, now);
  return true;
}

}  // namespace pestle::ops
