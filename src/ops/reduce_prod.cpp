// REDUCE_PROD
//   y = product of x over the axes
// Quantized: v = q - z_x; p = v of the first element, then p = scale(p * v) for each further one, and at last
// q = z_y + scale(p), where scale multiplies by s_x / s_y^(1/n), n elements a product (docs/semantics.md#reductions).
// Integers wrap.
#include <algorithm>

#include "base/elementary.h"
#include "base/fixed_point.h"
#include "ops/core/fused_activation.h"
#include "ops/core/reduce.h"

namespace pestle::ops {
namespace {

void multiply_floats(const Evaluation& e, const Reduction& r) {
  const auto products = reduce(r, e.inputs[0].as<float>(), 1.0, [](double product, float x) { return product * x; });
  std::transform(products.begin(), products.end(), e.outputs[0].as<float>(),
                 [](double product) { return static_cast<float>(product); });
}

template <typename T>
void multiply_integers(const Evaluation& e, const Reduction& r) {
  const auto products = reduce(r, e.inputs[0].as<T>(), uint64_t{1},
                               [](uint64_t product, T x) { return product * static_cast<uint64_t>(int64_t{x}); });
  std::transform(products.begin(), products.end(), e.outputs[0].as<T>(),
                 [](uint64_t product) { return static_cast<T>(product); });
}

struct Product {
  int32_t value = 1;
  bool is_first = true;
};

template <typename Code>
Status multiply_codes(const Evaluation& e, const Reduction& r) {
  const double root = elementary::pow(static_cast<double>(e.outputs[0].scale()),
                                      1.0 / static_cast<double>(std::max<int64_t>(r.per_output, 1)));
  const FixedMultiplier m = quantize_multiplier(static_cast<double>(e.inputs[0].scale()) / root);
  // The domain of the 64-bit multiplication.
  if (m.exponent > 7) return fail(ErrorCode::kUnsupported, "the input's scale is too large for the output's");
  const int32_t x_zero = e.inputs[0].zero_point();
  const CodeRange range = code_range(e.outputs[0].dtype());
  const int64_t y_zero = e.outputs[0].zero_point();
  const auto products = reduce(r, e.inputs[0].as<Code>(), Product{}, [=](Product product, Code x) {
    const int32_t value = x - x_zero;
    return Product{product.is_first ? value : multiply(int64_t{product.value} * value, m), false};
  });
  std::transform(products.begin(), products.end(), e.outputs[0].as<Code>(), [&](Product product) {
    return static_cast<Code>(std::clamp<int64_t>(multiply(int64_t{product.value}, m) + y_zero, range.low, range.high));
  });
  return {};
}

Status evaluate(const Evaluation& e) {
  PESTLE_ASSIGN(const Reduction r, reduction_of(e));
  switch (e.inputs[0].dtype()) {
    case DType::kFloat32: multiply_floats(e, r); return {};
    case DType::kInt32: multiply_integers<int32_t>(e, r); return {};
    case DType::kInt64: multiply_integers<int64_t>(e, r); return {};
    case DType::kInt8: return multiply_codes<int8_t>(e, r);
    case DType::kInt16: return multiply_codes<int16_t>(e, r);
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

}  // namespace

const OpDef& op_reduce_prod() {
  static const OpDef def = [] {
    OpDef product = reduction_operator("REDUCE_PROD", 81);
    product.summary = "y = product of x over the axes";
    product.types = {{"float32", {kF32, kI32}, {kF32}, 1},
                     {"integer", {kIndex, kI32}, {kIndex}, 1},
                     {"int8", {kI8, kI32}, {kI8}, 2},
                     {"int16", {kI16, kI32}, {kI16}, 2}};
    product.evaluate = evaluate;
    product.quantization = reduction_quantization(kActivationRule);
    return product;
  }();
  return def;
}

}  // namespace pestle::ops
