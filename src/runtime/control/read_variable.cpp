// READ_VARIABLE: the value that was assigned last.
#include <cstring>

#include "runtime/control.h"

namespace pestle::runtime {
namespace {

Result<std::vector<ir::Type>> infer(const ControlNode& call, Callees&) { return call.declared; }

Result<std::vector<Tensor>> run(const ir::Node&, std::span<const ConstTensorView> inputs, Surroundings& surroundings) {
  int32_t index = 0;
  if (inputs[0].bytes.size() < sizeof(index)) return fail(ErrorCode::kInvalidModel, "the handle is no resource");
  std::memcpy(&index, inputs[0].bytes.data(), sizeof(index));
  const Tensor* value = surroundings.variables().find(index);
  if (value == nullptr) return fail(ErrorCode::kInvalidModel, "the variable is read before it is assigned");
  return std::vector<Tensor>{*value};
}

}  // namespace

const ControlOperator& control_read_variable() {
  static const ControlOperator row{"READ_VARIABLE", infer, run};
  return row;
}

}  // namespace pestle::runtime
