// ABS
//   y = |x|
// Quantized: docs/semantics.md#elementwise.
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/fixed_point.h"
#include "ops/core/op_def.h"
#include "ops/core/unary.h"

namespace pestle::ops {
namespace {

template <typename Code>
void evaluate_quantized(const Evaluation& e) {
  const float x_scale = e.inputs[0].scale(), y_scale = e.outputs[0].scale();
  const bool is_rescaled = x_scale != y_scale;
  const FixedMultiplier multiplier = quantize_multiplier(static_cast<double>(x_scale / y_scale));
  const int32_t zero_x = e.inputs[0].zero_point(), zero_y = e.outputs[0].zero_point();
  map_unary<Code>(e, [=](int32_t code) {
    const int32_t magnitude = std::abs(code - zero_x);
    return saturate<Code>(int64_t{is_rescaled ? multiply(magnitude, multiplier) : magnitude} + zero_y);
  });
}

// The magnitude of the lowest integer wraps to itself.
template <typename T>
void evaluate_integer(const Evaluation& e) {
  map_unary<T>(e, [](T x) { return x < 0 ? static_cast<T>(uint64_t{0} - static_cast<uint64_t>(x)) : x; });
}

Status evaluate(const Evaluation& e) {
  switch (e.inputs[0].dtype()) {
    case DType::kFloat32: map_unary<float>(e, [](float x) { return std::fabs(x); }); return {};
    case DType::kInt8: evaluate_quantized<int8_t>(e); return {};
    case DType::kInt16:
      e.inputs[0].type->is_quantized() ? evaluate_quantized<int16_t>(e) : evaluate_integer<int16_t>(e);
      return {};
    case DType::kInt32: evaluate_integer<int32_t>(e); return {};
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

int version(const NodeView& view, int row_version) {
  return view.input(0).dtype == DType::kInt16 && !view.input(0).is_quantized() ? 4 : row_version;
}

}  // namespace

const OpDef& op_abs() {
  static const OpDef def = [] {
    OpDef abs = unary_operator("ABS", 101);
    abs.options_record = "AbsOptions";
    abs.summary = "y = |x|";
    abs.types = {{"float32", {kF32}, {kF32}, 1},
                 {"int8", {kI8}, {kI8}, 2},
                 {"int16", {kI16}, {kI16}, 3},
                 {"int32", {kI32}, {kI32}, 5}};
    abs.evaluate = evaluate;
    abs.version = version;
    abs.quantization = unary_quantization(true);
    return abs;
  }();
  return def;
}

}  // namespace pestle::ops
