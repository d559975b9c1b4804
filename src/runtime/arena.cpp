#include "runtime/arena.h"

#include <algorithm>
#include <numeric>

namespace pestle::runtime {

ArenaLayout lay_out(const std::vector<Lifetime>& tensors) {
  constexpr size_t kAlignment = 64;
  const auto padded = [](size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; };
  std::vector<size_t> order(tensors.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return tensors[a].bytes > tensors[b].bytes; });
  ArenaLayout layout;
  layout.offsets.resize(tensors.size());
  std::vector<size_t> placed;  // by offset
  for (size_t index : order) {
    const Lifetime& tensor = tensors[index];
    size_t offset = 0;
    for (size_t other : placed) {
      const Lifetime& neighbour = tensors[other];
      if (neighbour.last < tensor.first || tensor.last < neighbour.first) continue;
      if (layout.offsets[other] >= offset + padded(tensor.bytes)) break;
      offset = std::max(offset, layout.offsets[other] + padded(neighbour.bytes));
    }
    layout.offsets[index] = offset;
    layout.bytes = std::max(layout.bytes, offset + padded(tensor.bytes));
    const auto at = std::upper_bound(placed.begin(), placed.end(), index,
                                     [&](size_t a, size_t b) { return layout.offsets[a] < layout.offsets[b]; });
    placed.insert(at, index);
  }
  return layout;
}

}  // namespace pestle::runtime
