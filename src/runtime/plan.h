// Plan: how this machine computes one graph. Every node is bound to a step (a fast kernel or the operator's
// reference), every intermediate tensor has its place in one arena. A plan may be run by several executors at once,
// each with its own arena.
#pragma once

#include <memory>
#include <vector>

#include "base/status.h"
#include "ir/graph.h"
#include "runtime/binding.h"

namespace pestle::runtime {

struct PlanOptions {
  int graph = 0;
  bool fast_kernels = true;  // false: every node by its reference
};

// Where the bytes of a value are while the graph runs.
struct Placement {
  enum Kind : uint8_t { kUnused, kConstant, kArena, kInput } kind = kUnused;
  size_t offset = 0;  // kArena and kInput
  size_t bytes = 0;
};

class Plan {
 public:
  // Types are inferred anew and quantization is checked; a node that cannot run is an error that names it. Integers
  // that depend on constants and shapes only (what RESHAPE is told) are computed now and become constants of the graph.
  static Result<std::shared_ptr<Plan>> make(const ir::Module& module, const PlanOptions& options = {});

  const ir::Graph& graph() const { return graph_; }
  const std::vector<Step>& steps() const { return steps_; }
  const Placement& placement(ir::ValueId id) const { return placements_[id]; }
  size_t arena_bytes() const { return arena_bytes_; }
  size_t scratch_bytes() const { return scratch_bytes_; }
  // Changes with every set_constant().
  int revision() const { return revision_; }

  // Gives a constant new contents of the same size and binds the nodes that read it again. No executor may run.
  Status set_constant(ir::ValueId id, Bytes bytes);

 private:
  Plan() = default;
  Status infer_types();
  Status infer_node(size_t index);
  Status fold_node(size_t index);
  bool is_folded(const ir::Node& node) const;
  Status bind_node(size_t index);
  // The nodes between which a value is needed; -1: never.
  struct Lives {
    std::vector<int> first, last;
  };
  size_t bytes_of(ir::ValueId id) const;
  Lives find_lives() const;
  std::vector<ir::ValueId> share_places(Lives& lives) const;
  void place_values();

  ir::Graph graph_;
  PlanOptions options_;
  std::vector<Step> steps_;  // one a node, in order
  std::vector<Placement> placements_;
  size_t arena_bytes_ = 0;
  size_t scratch_bytes_ = 0;
  int revision_ = 0;
};

}  // namespace pestle::runtime
