// VAR_HANDLE: the variable of that name.
#include <cstring>

#include "ops/core/control.h"
#include "runtime/control.h"

namespace pestle::runtime {
namespace {

Result<std::vector<ir::Type>> infer(const ControlNode&, Callees&) {
  return std::vector<ir::Type>{{DType::kResource, Shape{1}, nullptr}};
}

Result<std::vector<Tensor>> run(const ir::Node& node, std::span<const ConstTensorView>, Surroundings& surroundings) {
  const std::string name = ops::kContainer(node) + '\0' + ops::kSharedName(node);
  Tensor handle(DType::kResource, Shape{1});
  const int32_t index = surroundings.variables().index_of(name);
  std::memcpy(handle.view().bytes.data(), &index, sizeof(index));
  std::vector<Tensor> outputs;
  outputs.push_back(std::move(handle));
  return outputs;
}

}  // namespace

const ControlOperator& control_var_handle() {
  static const ControlOperator row{"VAR_HANDLE", infer, run};
  return row;
}

}  // namespace pestle::runtime
