// FULLY_CONNECTED by matrix product over the rows of the input.
#include "runtime/hybrid.h"
#include "runtime/product.h"

namespace pestle::runtime {
namespace {

// Float input, int8 weights: every row is quantized by its own range.
Step bind_hybrid(const BindRequest& request, const Product& product, int64_t rows) {
  struct Hybrid {
    Product product;
    HybridScaling scaling;
    ops::HybridRange range;
    int64_t rows, length;
  };
  const ir::Node& node = request.node();
  const auto range = ops::kAsymmetricInputs(node) ? ops::HybridRange::kAsymmetric : ops::HybridRange::kSymmetric;
  auto hybrid = std::make_shared<Hybrid>(
      Hybrid{product, HybridScaling::make(request, {.activation = ops::kFusedActivation(node)}), range, rows,
             product.shape().channels});
  const auto run = [hybrid](const StepContext& context) {
    const auto& [own, scaling, kind, count, length] = *hybrid;
    auto* codes = reinterpret_cast<int8_t*>(context.scratch);
    std::vector<ops::RowParameters> parameters(static_cast<size_t>(count));
    for (int64_t r = 0; r < count; ++r)
      parameters[r] = quantize_row(context.in<float>(0) + r * length, length, kind, codes + r * length);
    own.run_dense(context.scratch, count, context.outputs[0], context.pool);
    const int64_t row_bytes = own.shape().n * static_cast<int64_t>(sizeof(float));
    for (int64_t r = 0; r < count; ++r) scaling.finish(parameters[r], 1, context.outputs[0] + r * row_bytes);
    return Status{};
  };
  return {product.kernel_name(), run, static_cast<size_t>(rows * hybrid->length)};
}

std::optional<Step> bind(const BindRequest& request) {
  const Shape& w = request.input(1).shape;
  const auto n = static_cast<int>(w[0]);
  const ProductSpec spec{.shape = {n, 1, static_cast<int>(w[1])},
                         .activation = ops::kFusedActivation(request.node()),
                         .rescaling = Rescaling::kReal,
                         .out_stride = n};
  auto product = Product::make(request, spec);
  if (!product) return std::nullopt;
  const int64_t rows = request.input(0).shape.elements() / w[1];
  if (product->is_raw()) return bind_hybrid(request, *product, rows);
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
