// Executor: runs a plan, with memory of its own. One thread calls it; it spreads work over its pool.
#pragma once

#include <functional>
#include <memory>

#include "runtime/plan.h"

namespace pestle::runtime {

class Executor {
 public:
  Executor(std::shared_ptr<const Plan> plan, ThreadPool& pool);

  const Plan& plan() const { return *plan_; }
  // Copies the contents of the i-th graph input; dtype and number of bytes must be the input's.
  Status set_input(int i, const ConstTensorView& value);
  // Called after each step with the index of the node that just ran; its outputs can be read by value().
  using Observer = std::function<void(size_t node)>;
  Status run(const Observer& observer = {});
  // One step. Steps must be run in order; run() runs them all.
  Status run_step(size_t node);
  // The i-th graph output after run().
  ConstTensorView output(int i) const { return value(plan_->graph().outputs[i]); }
  // Any value that is alive now: constants, inputs, and intermediates from the step that computes them to the last
  // step that reads them.
  ConstTensorView value(ir::ValueId id) const;

 private:
  // Where the operands of a node stand in inputs_ and outputs_.
  struct OperandRange {
    size_t first_input, first_output;
  };

  std::byte* address(ir::ValueId id) const;
  // Finds all operands; again after a constant of the plan has changed.
  void resolve();

  std::shared_ptr<const Plan> plan_;
  ThreadPool& pool_;
  PackedMemory arena_;
  PackedMemory scratch_;
  int revision_ = -1;                 // of the plan whose operands were found
  std::vector<OperandRange> ranges_;  // one a node
  std::vector<const std::byte*> inputs_;
  std::vector<std::byte*> outputs_;
};

}  // namespace pestle::runtime
