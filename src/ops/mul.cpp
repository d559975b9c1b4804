// MUL
//   y = act(a * b), broadcasting.
// Integers that are not quantized wrap on overflow. Quantized arithmetic: docs/semantics.md#elementwise.
#include "base/fixed_point.h"
#include "ops/core/binary.h"
#include "ops/core/op_def.h"
#include "ops/core/requantize.h"

namespace pestle::ops {
namespace {

Status infer(Inference& in) {
  PESTLE_TRY(check_clamp(kFusedActivation(in.node())));
  return infer_binary(in);
}

// s_a * s_b / s_y, in float32 as TFLite computes it.
float product_scale(const ir::Type& a, const ir::Type& b, const ir::Type& y) {
  return a.scale() * b.scale() / y.scale();
}

template <typename Code>
void evaluate_quantized(const Evaluation& e) {
  const ir::Type& a = *e.inputs[0].type;
  const ir::Type& b = *e.inputs[1].type;
  const ir::Type& y = *e.outputs[0].type;
  const CodeRange range = code_range(kFusedActivation(e.node), y);
  const FixedMultiplier multiplier = quantize_multiplier(static_cast<double>(product_scale(a, b, y)));
  const int32_t zero_a = a.zero_point(), zero_b = b.zero_point(), zero_y = y.zero_point();
  map_binary<Code>(e, [=](int32_t qa, int32_t qb) {
    const int32_t product = multiply((qa - zero_a) * (qb - zero_b), multiplier);
    return static_cast<Code>(std::clamp(product + zero_y, range.low, range.high));
  });
}

Status evaluate(const Evaluation& e) {
  const FusedActivation activation = kFusedActivation(e.node);
  const auto times = [](uint64_t a, uint64_t b) { return a * b; };
  switch (e.inputs[0].dtype()) {
    case DType::kFloat32: {
      const FloatRange range = float_range(activation);
      map_binary<float>(e, [=](float a, float b) { return clamp_to(a * b, range); });
      return {};
    }
    case DType::kInt8: evaluate_quantized<int8_t>(e); return {};
    case DType::kUInt8: evaluate_quantized<uint8_t>(e); return {};
    case DType::kInt16:
      e.inputs[0].type->is_quantized() ? evaluate_quantized<int16_t>(e) : map_integers<int16_t>(e, activation, times);
      return {};
    case DType::kInt32: map_integers<int32_t>(e, activation, times); return {};
    case DType::kUInt32: map_integers<uint32_t>(e, activation, times); return {};
    case DType::kInt64: map_integers<int64_t>(e, activation, times); return {};
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

int version(const NodeView& view, int row_version) {
  const ir::Type& a = view.input(0);
  if (a.dtype == DType::kInt16) return a.is_quantized() ? 4 : 7;
  const bool is_8bit = a.dtype == DType::kInt8 || a.dtype == DType::kUInt8;
  if (!is_8bit || !has_scale(a) || !has_scale(view.input(1)) || !has_scale(view.output(0))) return row_version;
  return product_scale(a, view.input(1), view.output(0)) >= 1.0f ? 3 : row_version;
}

}  // namespace

const OpDef& op_mul() {
  static const OpDef def = [] {
    OpDef mul = arithmetic_operator("MUL", 18, Arithmetic::kMultiply);
    mul.options_record = "MulOptions";
    mul.summary = "y = act(a * b)";
    mul.types = {{"float32", {kF32}, {kF32}, 1},
                 {"int32", {kI32}, {kI32}, 1},
                 {"uint8", {kU8}, {kU8}, 1},
                 {"int8", {kI8}, {kI8}, 2},
                 {"int16", {kI16}, {kI16}, 4},
                 {"int64", {kI64}, {kI64}, 5},
                 {"uint32", {DType::kUInt32}, {DType::kUInt32}, 7}};
    mul.infer = infer;
    mul.evaluate = evaluate;
    mul.version = version;
    mul.quantization = arithmetic_quantization();
    return mul;
  }();
  return def;
}

}  // namespace pestle::ops
