// A run of a graph with shapes that are only known as it goes: every node is inferred with the contents of its
// operands at hand, bound for the shapes it meets (again only when they change) and given outputs of their own.
#pragma once

#include "runtime/plan.h"

namespace pestle::runtime {

class DynamicRun {
 public:
  explicit DynamicRun(const Plan& plan);

  // Any shape of the input's rank; extents that the plan knows must agree.
  Status set_input(int i, const ConstTensorView& value);
  Status run_step(size_t index, ThreadPool& pool, Surroundings& surroundings);
  ConstTensorView value(ir::ValueId id) const;
  void reset_variables();

 private:
  struct Bound {
    std::vector<ir::Type> types;  // of all operands, as they were when the step was bound
    Step step;
  };

  Status run_control(const ir::Node& node, Surroundings& surroundings);
  Status infer(const ir::Node& node);
  void bind(size_t index);
  void release_after(size_t index);

  const Plan& plan_;
  ir::Graph graph_;  // types as this run has them
  std::vector<Tensor> tensors_;
  std::vector<size_t> last_use_;  // of each value: the node that reads it last
  std::vector<Bound> bound_;
};

}  // namespace pestle::runtime
