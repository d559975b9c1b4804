// IF: the condition chooses the graph that the other operands go to.
#include "ops/core/control.h"
#include "runtime/control.h"

namespace pestle::runtime {
namespace {

Result<std::vector<ir::Type>> infer(const ControlNode& call, Callees& callees) {
  const std::vector<ir::Type> arguments(call.inputs.begin() + 1, call.inputs.end());
  PESTLE_ASSIGN(const auto then_types, callees.outputs_of(ops::kThenGraph(call.node), arguments));
  PESTLE_ASSIGN(const auto else_types, callees.outputs_of(ops::kElseGraph(call.node), arguments));
  if (then_types.size() != call.declared.size() || else_types.size() != call.declared.size()) {
    return fail(ErrorCode::kInvalidModel, "the branches do not give as many outputs as the node");
  }
  return common_types(then_types, else_types);
}

Result<std::vector<Tensor>> run(const ir::Node& node, std::span<const ConstTensorView> inputs,
                                Surroundings& surroundings) {
  if (inputs[0].elements() < 1) return fail(ErrorCode::kInvalidModel, "the condition is empty");
  const bool condition = *inputs[0].data<bool>();
  const int64_t graph = condition ? ops::kThenGraph(node) : ops::kElseGraph(node);
  PESTLE_ASSIGN(const auto outputs, surroundings.call(graph, inputs.subspan(1)));
  return copies_of(outputs);
}

}  // namespace

const ControlOperator& control_if() {
  static const ControlOperator row{"IF", infer, run};
  return row;
}

}  // namespace pestle::runtime
