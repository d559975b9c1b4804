// Where intermediate tensors lie in one block of memory: tensors whose lifetimes do not overlap share bytes.
#pragma once

#include <cstddef>
#include <vector>

namespace pestle::runtime {

// A tensor that lives from step `first` to step `last`, both included.
struct Lifetime {
  size_t bytes = 0;
  int first = 0;
  int last = 0;
};

struct ArenaLayout {
  std::vector<size_t> offsets;  // bytes from the arena's start, multiples of 64; one a tensor
  size_t bytes = 0;
};

// Places the largest tensors first, each into the lowest gap that is free during its whole life.
ArenaLayout lay_out(const std::vector<Lifetime>& tensors);

}  // namespace pestle::runtime
