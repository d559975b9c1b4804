#include "passes/layout/permutation.h"

#include <algorithm>

namespace pestle::passes {

Permutation normal(Permutation permutation) {
  if (std::is_sorted(permutation.begin(), permutation.end())) permutation.clear();
  return permutation;
}

Permutation inverse(const Permutation& permutation) {
  Permutation out(permutation.size());
  for (size_t i = 0; i < out.size(); ++i) out[permutation[i]] = static_cast<int>(i);
  return out;
}

Permutation compose(const Permutation& outer, const Permutation& inner) {
  if (outer.empty()) return inner;
  if (inner.empty()) return outer;
  Permutation out(outer.size());
  for (size_t i = 0; i < out.size(); ++i) out[i] = inner[outer[i]];
  return normal(std::move(out));
}

Shape permuted(const Shape& shape, const Permutation& permutation) {
  if (permutation.empty()) return shape;
  Shape out;
  for (int axis : permutation) out.push_back(shape[axis]);
  return out;
}

ir::Type permuted(ir::Type type, const Permutation& permutation) {
  type.shape = permuted(type.shape, permutation);
  if (!permutation.empty() && type.quantization && type.quantization->per_channel()) {
    auto moved = std::make_shared<ir::Quantization>(*type.quantization);
    moved->axis = inverse(permutation)[moved->axis];
    type.quantization = std::move(moved);
  }
  return type;
}

bool moves_only_units(const Shape& shape, const Permutation& permutation) {
  int last = -1;
  for (int axis : permutation) {
    if (shape[axis] == 1) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}

}  // namespace pestle::passes
