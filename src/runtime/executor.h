// Executor: runs a plan, with memory of its own. One thread calls it; it spreads work over its pool.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>

#include "runtime/dynamic.h"
#include "runtime/plan.h"

namespace pestle::runtime {

class Executor {
 public:
  Executor(std::shared_ptr<const Plan> plan, ThreadPool& pool);
  ~Executor();

  const Plan& plan() const { return *plan_; }
  // Copies the contents of the i-th graph input; dtype and shape must be the input's, free extents of a dynamic plan
  // excepted.
  Status set_input(int i, const ConstTensorView& value);
  // Called after each step with the index of the node that just ran; its outputs can be read by value().
  using Observer = std::function<void(size_t node)>;
  Status run(const Observer& observer = {});
  // One step. Steps must be run in order; run() runs them all.
  Status run_step(size_t node);
  // Who is shown what operators compute inside from now on; null: nobody. Not in dynamic plans.
  void show_inner(ops::InnerObserver* observer) { inner_ = observer; }
  // The i-th graph output after run().
  ConstTensorView output(int i) const { return value(plan_->graph().outputs[i]); }
  // Any value that is alive now: constants, inputs, and intermediates from the step that computes them to the last
  // step that reads them.
  ConstTensorView value(ir::ValueId id) const;
  // Variable tensors, of called graphs too, become zeros again (int8 ones their zero points, as in TFLite); they keep
  // their contents from run to run otherwise. Who runs samples that are independent calls this before each.
  // What variables behind a VAR_HANDLE hold stays.
  void reset_variables();

 private:
  // Where the operands of a node stand in inputs_ and outputs_.
  struct OperandRange {
    size_t first_input, first_output;
  };
  // What an executor and those of the graphs it calls have in common.
  struct Shared {
    Variables variables;
    std::set<int64_t> called_once;
  };
  class Reach;

  Executor(std::shared_ptr<const Plan> plan, ThreadPool& pool, std::shared_ptr<Shared> shared);
  std::byte* address(ir::ValueId id) const;
  // Finds all operands; again after a constant of the plan has changed.
  void resolve();
  Status run_static_step(size_t node);
  Result<std::vector<ConstTensorView>> call(int64_t graph, std::span<const ConstTensorView> inputs);
  // The executor of a graph for inputs of these shapes.
  Result<Executor*> callee(int graph, std::span<const ConstTensorView> inputs);

  std::shared_ptr<const Plan> plan_;
  ThreadPool& given_pool_;
  ThreadPool& pool_;  // the given one, or none where the plan is too small for threads
  std::shared_ptr<Shared> shared_;
  std::unique_ptr<Reach> reach_;
  std::map<int, std::unique_ptr<Executor>> callees_;
  std::unique_ptr<DynamicRun> dynamic_;  // of a dynamic plan, which uses nothing of what follows
  PackedMemory arena_;
  PackedMemory variables_;
  PackedMemory scratch_;
  ops::InnerObserver* inner_ = nullptr;
  int revision_ = -1;                 // of the plan whose operands were found
  std::vector<OperandRange> ranges_;  // one a node
  std::vector<const std::byte*> inputs_;
  std::vector<std::byte*> outputs_;
};

}  // namespace pestle::runtime
