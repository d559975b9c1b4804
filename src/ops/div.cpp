// DIV
//   y = act(a / b), broadcasting. Integers truncate towards zero. A divisor of 0 is an error except for float32.
// Quantized arithmetic: docs/semantics.md#elementwise. Quotients too small for the final shift are 0, where the shift
// in TFLite's kernel is undefined.
// int64 has no TFLite kernel; it is here so that shape arithmetic can be folded.
#include <bit>

#include "base/fixed_point.h"
#include "ops/core/binary.h"
#include "ops/core/fixed_point_functions.h"
#include "ops/core/op_def.h"
#include "ops/core/requantize.h"

namespace pestle::ops {
namespace {

Status infer(Inference& in) {
  PESTLE_TRY(check_clamp(kFusedActivation(in.node())));
  return infer_binary(in);
}

int redundant_sign_bits(int32_t x) { return std::countl_zero(static_cast<uint32_t>(x >= 0 ? x : ~x)) - 1; }

// a / b in units of `scale`, b not 0.
int32_t quotient(int32_t a, int32_t b, FixedMultiplier scale) {
  if (b < 0) {
    a = -a;
    b = -b;
  }
  const Reciprocal inverse = reciprocal(static_cast<uint32_t>(b), 31);
  const int headroom = redundant_sign_bits(a);
  const int32_t unscaled = multiply_high(wrapping_shift_left(a, headroom), inverse.value);
  const int exponent = scale.exponent - inverse.bits_over_unit - headroom;
  return exponent < -31 ? 0 : multiply(unscaled, {scale.multiplier, exponent});
}

template <typename T>
Status check_divisors(const InputOperand& b, T zero) {
  const T* first = b.as<T>();
  const T* last = first + b.elements();
  if (std::find(first, last, zero) != last) return fail(ErrorCode::kInvalidModel, "division by zero");
  return {};
}

template <typename Code>
Status evaluate_quantized(const Evaluation& e) {
  const ir::Type& a = *e.inputs[0].type;
  const ir::Type& b = *e.inputs[1].type;
  const ir::Type& y = *e.outputs[0].type;
  if (!has_scale(a) || !has_scale(b) || !has_scale(y)) {
    return fail(ErrorCode::kInvalidModel, "a quantized operand has no scale");
  }
  const CodeRange range = code_range(kFusedActivation(e.node), y);
  const FixedMultiplier scale = quantize_multiplier(static_cast<double>(a.scale() / (b.scale() * y.scale())));
  const int32_t zero_a = a.zero_point(), zero_b = b.zero_point(), zero_y = y.zero_point();
  PESTLE_TRY(check_divisors(e.inputs[1], static_cast<Code>(zero_b)));
  map_binary<Code>(e, [=](int32_t qa, int32_t qb) {
    const int64_t value = quotient(qa - zero_a, qb - zero_b, scale);
    return static_cast<Code>(std::clamp<int64_t>(value + zero_y, range.low, range.high));
  });
  return {};
}

template <typename T>
Status evaluate_integer(const Evaluation& e) {
  PESTLE_TRY(check_divisors(e.inputs[1], T{0}));
  const IntegerRange<T> range = integer_range<T>(kFusedActivation(e.node));
  map_binary<T>(e, [=](T a, T b) {
    // The lowest integer over -1 leaves the range; it wraps to itself.
    const T value = b == -1 ? static_cast<T>(uint64_t{0} - static_cast<uint64_t>(a)) : a / b;
    return std::clamp(value, range.low, range.high);
  });
  return {};
}

Status evaluate(const Evaluation& e) {
  switch (e.inputs[0].dtype()) {
    case DType::kFloat32: {
      const FloatRange range = float_range(kFusedActivation(e.node));
      map_binary<float>(e, [=](float a, float b) { return clamp_to(a / b, range); });
      return {};
    }
    case DType::kInt8: return evaluate_quantized<int8_t>(e);
    case DType::kUInt8: return evaluate_quantized<uint8_t>(e);
    case DType::kInt16: return evaluate_quantized<int16_t>(e);
    case DType::kInt32: return evaluate_integer<int32_t>(e);
    case DType::kInt64: return evaluate_integer<int64_t>(e);
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

int version(const NodeView& view, int row_version) { return broadcasts_beyond(view, 4) ? 2 : row_version; }

}  // namespace

const OpDef& op_div() {
  static const OpDef def = [] {
    OpDef div = arithmetic_operator("DIV", 42, Arithmetic::kDivide);
    div.options_record = "DivOptions";
    div.summary = "y = act(a / b)";
    div.types = {{"float32", {kF32}, {kF32}, 1}, {"int32", {kI32}, {kI32}, 1},
                 {"uint8", {kU8}, {kU8}, 1},     {"int8", {kI8}, {kI8}, 1},
                 {"int16", {kI16}, {kI16}, 1},   {"int64, folding only", {kI64}, {kI64}, 1}};
    div.infer = infer;
    div.evaluate = evaluate;
    div.version = version;
    return div;
  }();
  return def;
}

}  // namespace pestle::ops
