// Elementwise operators of one operand, and SOFTMAX, whose rows do not see one another.
#include "runtime/slices.h"

namespace pestle::runtime {
namespace {

std::optional<Step> bind(const BindRequest& request) {
  if (request.node().op == "SOFTMAX") {
    const Shape& x = request.input(0).shape;
    return x.elements() == 0 ? std::nullopt : bind_slices(request, x.back(0));
  }
  if (auto step = bind_table(request)) return step;
  return bind_slices(request, 1);
}

}  // namespace

const Binding& binding_unary() {
  static const Binding binding{
      {"ABS",          "CEIL",       "COS",   "DEQUANTIZE", "ELU",     "EXP",  "FLOOR",  "GELU",
       "HARD_SWISH",   "LEAKY_RELU", "LOG",   "LOGISTIC",   "NEG",     "RELU", "RELU6",  "RELU_0_TO_1",
       "RELU_N1_TO_1", "ROUND",      "RSQRT", "SIN",        "SOFTMAX", "SQRT", "SQUARE", "TANH"},
      bind};
  return binding;
}

}  // namespace pestle::runtime
