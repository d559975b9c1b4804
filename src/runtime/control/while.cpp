// WHILE: as long as the condition's graph says so, the body's graph makes the next state of the last.
#include "ops/core/control.h"
#include "runtime/control.h"

namespace pestle::runtime {
namespace {

// A state that the body gives in another shape has that shape only at run time.
Result<std::vector<ir::Type>> infer(const ControlNode& call, Callees& callees) {
  PESTLE_ASSIGN(const auto condition, callees.outputs_of(ops::kConditionGraph(call.node), call.inputs));
  if (condition.empty() || condition[0].dtype != DType::kBool) {
    return fail(ErrorCode::kInvalidModel, "the condition's graph does not give a bool");
  }
  PESTLE_ASSIGN(const auto next, callees.outputs_of(ops::kBodyGraph(call.node), call.inputs));
  if (next.size() != call.inputs.size() || next.size() != call.declared.size()) {
    return fail(ErrorCode::kInvalidModel, "the body does not give as many outputs as it takes inputs");
  }
  return common_types(call.inputs, next);
}

Result<std::vector<Tensor>> run(const ir::Node& node, std::span<const ConstTensorView> inputs,
                                Surroundings& surroundings) {
  std::vector<Tensor> state = copies_of(inputs);
  while (true) {
    std::vector<ConstTensorView> views;
    for (const Tensor& tensor : state) views.push_back(tensor.view());
    PESTLE_ASSIGN(const auto condition, surroundings.call(ops::kConditionGraph(node), views));
    if (condition.empty() || condition[0].dtype != DType::kBool || condition[0].elements() < 1)
      return fail(ErrorCode::kInvalidModel, "the condition's graph does not give a bool");
    if (!*condition[0].data<bool>()) return state;
    PESTLE_ASSIGN(const auto next, surroundings.call(ops::kBodyGraph(node), views));
    if (next.size() != state.size())
      return fail(ErrorCode::kInvalidModel, "the body does not give as many outputs as it takes inputs");
    state = copies_of(next);
  }
}

}  // namespace

const ControlOperator& control_while() {
  static const ControlOperator row{"WHILE", infer, run};
  return row;
}

}  // namespace pestle::runtime
