// Plan: how this machine computes one graph. Every node is bound to a step (a fast kernel or the operator's
// reference), every intermediate tensor has its place in one arena. A plan may be run by several executors at once,
// each with its own arena.
#pragma once

#include <memory>
#include <vector>

#include "base/status.h"
#include "ir/graph.h"
#include "runtime/binding.h"
#include "runtime/control.h"

namespace pestle::runtime {

struct PlanOptions {
  int graph = 0;
  bool fast_kernels = true;  // false: every node by its reference
  // Types of the graph's inputs, where they are not those that it declares: how control flow calls a graph.
  std::vector<ir::Type> inputs = {};
};

// Where the bytes of a value are while the graph runs.
struct Placement {
  enum Kind : uint8_t { kUnused, kConstant, kArena, kInput, kVariable } kind = kUnused;
  size_t offset = 0;  // kArena and kInput: in the arena; kVariable: in the memory of the variables
  size_t bytes = 0;
};

// What every byte of a variable holds at first: 0, and in int8 the code of zero (docs/semantics.md#recurrent).
int first_byte(const ir::Type& type);

class Plan {
 public:
  // Types are inferred anew and quantization is checked; a node that cannot run is an error that names it. Graphs that
  // control flow calls are planned too. Integers
  // that depend on constants and shapes only (what RESHAPE is told) are computed now and become constants of the graph.
  static Result<std::shared_ptr<Plan>> make(const ir::Module& module, const PlanOptions& options = {});
  // is_dynamic() of the plan of the main graph, without making all of it.
  static Result<bool> has_run_time_shapes(const ir::Module& module);

  const ir::Graph& graph() const { return graph_; }
  const PlanOptions& options() const { return options_; }
  const std::vector<Step>& steps() const { return steps_; }
  // What computes a node, for the profile.
  const char* kernel(size_t node) const { return is_dynamic_ ? "bound as it runs" : steps_[node].kernel; }
  // True if a shape is only known at run time. Then there are neither steps nor places: nodes are bound as they come.
  bool is_dynamic() const { return is_dynamic_; }
  // The plan of a graph that control flow calls, for the types that were met when planning; or null.
  std::shared_ptr<const Plan> callee(int graph) const;
  // A plan of it for other types of its inputs.
  Result<std::shared_ptr<const Plan>> plan_callee(int64_t graph, const std::vector<ir::Type>& inputs) const;
  const Placement& placement(ir::ValueId id) const { return placements_[id]; }
  size_t arena_bytes() const { return arena_bytes_; }
  size_t scratch_bytes() const { return scratch_bytes_; }
  size_t variable_bytes() const { return variable_bytes_; }
  // Multiply-accumulates of a run, without those of called graphs; 0 for a dynamic plan.
  int64_t macs() const { return macs_; }
  // Changes with every set_constant().
  int revision() const { return revision_; }

  // Gives a constant new contents of the same size and binds the nodes that read it again. No executor may run.
  Status set_constant(ir::ValueId id, Bytes bytes);

 private:
  Plan() = default;
  class Planning;
  // Plans of called graphs that were made already, by graph and types: graphs may be called from many places.
  using Family = std::map<std::string, std::shared_ptr<const Plan>>;
  static Result<std::shared_ptr<Plan>> make_called(std::shared_ptr<const ir::Module> module, PlanOptions options,
                                                   int depth, std::shared_ptr<Family> family);
  Status complete();
  Status set_inputs();
  Status infer_types();
  Status check_sizes() const;
  Status infer_node(size_t index);
  Status infer_control(size_t index);
  bool has_known_inputs(const ir::Node& node) const;
  Status take_types(size_t index, std::vector<ir::Type> types);
  void count_macs();
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
  void place_variables();

  ir::Graph graph_;
  std::shared_ptr<const ir::Module> module_;  // null unless it has several graphs
  std::map<int, std::shared_ptr<const Plan>> callees_;
  std::vector<bool> unknown_;  // one a value: its shape is only known at run time
  bool is_dynamic_ = false;
  std::shared_ptr<Family> family_;  // while it is made
  int depth_ = 0;                   // how many graphs call one another down to this one
  PlanOptions options_;
  std::vector<Step> steps_;  // one a node, in order
  std::vector<Placement> placements_;
  size_t arena_bytes_ = 0;
  size_t scratch_bytes_ = 0;
  size_t variable_bytes_ = 0;
  int64_t macs_ = 0;
  int revision_ = 0;
};

}  // namespace pestle::runtime
