// What the readers of a value would like: the permutation p such that, were T_p^-1(value) stored, they could read it
// without a TRANSPOSE. Found by one walk from the outputs back. A hint: whatever it says, the result is right.
#pragma once

#include <optional>
#include <vector>

#include "ir/graph.h"
#include "passes/layout/permutation.h"

namespace pestle::passes {

struct Wish {
  bool is_split = false;                   // readers differ
  std::optional<Permutation> permutation;  // none: no reader cares
  int readers = 0;

  // All readers that care want this.
  const Permutation* agreed() const { return is_split || !permutation ? nullptr : &*permutation; }
};

// One for every value of the graph.
std::vector<Wish> find_wishes(const ir::Graph& graph);

// The constant permutation of a TRANSPOSE, in the form of permutation.h; nothing for other nodes.
std::optional<Permutation> transpose_of(const ir::Graph& graph, const ir::Node& node);

}  // namespace pestle::passes
