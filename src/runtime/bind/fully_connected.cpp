// FULLY_CONNECTED by matrix product over the rows of the input.
#include "runtime/product.h"

namespace pestle::runtime {
namespace {

std::optional<Step> bind(const BindRequest& request) {
  const Shape& w = request.input(1).shape;
  const kernels::GemmShape shape{static_cast<int>(w[0]), 1, static_cast<int>(w[1])};
  auto product = Product::make(request, shape, ops::kFusedActivation(request.node()), Rescaling::kReal);
  if (!product) return std::nullopt;
  const int64_t rows = request.input(0).shape.elements() / w[1];
  const char* name = product->kernel_name();
  auto shared = std::make_shared<Product>(std::move(*product));
  const auto run = [shared, rows](const StepContext& context) {
    shared->run_dense(context.inputs[0], rows, context.outputs[0], context.pool);
    return Status{};
  };
  return Step{name, run, 0};
}

}  // namespace

const Binding& binding_fully_connected() {
  static const Binding binding{{"FULLY_CONNECTED"}, bind};
  return binding;
}

}  // namespace pestle::runtime
