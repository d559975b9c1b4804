// CALL_ONCE: runs a graph without inputs and outputs the first time it is met: it initialises variables.
#include "ops/core/control.h"
#include "runtime/control.h"

namespace pestle::runtime {
namespace {

Result<std::vector<ir::Type>> infer(const ControlNode& call, Callees& callees) {
  PESTLE_ASSIGN(const auto outputs, callees.outputs_of(ops::kInitGraph(call.node), {}));
  (void)outputs;
  return std::vector<ir::Type>{};
}

Result<std::vector<Tensor>> run(const ir::Node& node, std::span<const ConstTensorView>, Surroundings& surroundings) {
  if (!surroundings.is_first_call(ops::kInitGraph(node))) return std::vector<Tensor>{};
  PESTLE_ASSIGN(const auto outputs, surroundings.call(ops::kInitGraph(node), {}));
  (void)outputs;
  return std::vector<Tensor>{};
}

}  // namespace

const ControlOperator& control_call_once() {
  static const ControlOperator row{"CALL_ONCE", infer, run};
  return row;
}

}  // namespace pestle::runtime
