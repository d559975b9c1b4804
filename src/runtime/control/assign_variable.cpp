// ASSIGN_VARIABLE: the variable takes a copy of the value.
#include <cstring>

#include "runtime/control.h"

namespace pestle::runtime {
namespace {

Result<std::vector<ir::Type>> infer(const ControlNode&, Callees&) { return std::vector<ir::Type>{}; }

Result<std::vector<Tensor>> run(const ir::Node&, std::span<const ConstTensorView> inputs, Surroundings& surroundings) {
  int32_t index = 0;
  if (inputs[0].bytes.size() < sizeof(index)) return fail(ErrorCode::kInvalidModel, "the handle is no resource");
  std::memcpy(&index, inputs[0].bytes.data(), sizeof(index));
  PESTLE_TRY(surroundings.variables().assign(index, inputs[1]));
  return std::vector<Tensor>{};
}

}  // namespace

const ControlOperator& control_assign_variable() {
  static const ControlOperator row{"ASSIGN_VARIABLE", infer, run};
  return row;
}

}  // namespace pestle::runtime
