// STABLEHLO_COMPOSITE: whatever it is called, its decomposition computes it.
#include "ops/core/control.h"
#include "runtime/control.h"

namespace pestle::runtime {
namespace {

Result<std::vector<ir::Type>> infer(const ControlNode& call, Callees& callees) {
  return callees.outputs_of(ops::kDecomposition(call.node), call.inputs);
}

Result<std::vector<Tensor>> run(const ir::Node& node, std::span<const ConstTensorView> inputs,
                                Surroundings& surroundings) {
  PESTLE_ASSIGN(const auto outputs, surroundings.call(ops::kDecomposition(node), inputs));
  return copies_of(outputs);
}

}  // namespace

const ControlOperator& control_stablehlo_composite() {
  static const ControlOperator row{"STABLEHLO_COMPOSITE", infer, run};
  return row;
}

}  // namespace pestle::runtime
