#include "ops/core/scaled_sum.h"

#include "ops/core/binary.h"
#include "ops/core/requantize.h"

namespace pestle::ops {
namespace {

// Right shifts of the operands to the output's scale.
struct PowerOfTwoShifts {
  int a = 0;
  int b = 0;
  bool is_valid() const { return std::min(a, b) == 0 && std::max(a, b) <= 31; }
};

// The shifts, if the node takes that form of the arithmetic.
std::optional<PowerOfTwoShifts> power_of_two_shifts(const ir::Node& node, const ir::Type& a, const ir::Type& b,
                                                    const ir::Type& output) {
  if (a.dtype != DType::kInt16 || !kPotScaleInt16(node)) return std::nullopt;
  const auto log_a = exact_log2(a.scale());
  const auto log_b = exact_log2(b.scale());
  const auto log_out = exact_log2(output.scale());
  if (!log_a || !log_b || !log_out) return std::nullopt;
  return PowerOfTwoShifts{*log_out - *log_a, *log_out - *log_b};
}

void evaluate_shifted(const Evaluation& e, PowerOfTwoShifts shifts, int32_t sign, CodeRange range) {
  map_binary<int16_t>(e, [=](int32_t a, int32_t b) {
    const auto sum = saturate<int16_t>(rounding_shift_right(a, shifts.a) + sign * rounding_shift_right(b, shifts.b));
    return static_cast<int16_t>(std::clamp<int32_t>(sum, range.low, range.high));
  });
}

template <typename Code>
void evaluate_codes(const Evaluation& e, int32_t sign, CodeRange range) {
  const ir::Type& output = *e.outputs[0].type;
  const CommonScale common(*e.inputs[0].type, *e.inputs[1].type, sum_left_shift(output.dtype));
  const FixedMultiplier to_output = quantize_multiplier(common.to_output(output));
  const int32_t zero = output.zero_point();
  map_binary<Code>(e, [=](int32_t a, int32_t b) {
    const int32_t sum = multiply(common.a(a) + sign * common.b(b), to_output);
    return static_cast<Code>(std::clamp(sum + zero, range.low, range.high));
  });
}

}  // namespace

int sum_left_shift(DType dtype) { return dtype == DType::kInt16 ? 15 : 20; }

bool sums_by_shifts(const ir::Node& node, const ir::Type& a, const ir::Type& b, const ir::Type& output) {
  return power_of_two_shifts(node, a, b, output).has_value();
}

namespace {

// What TFLite checks of the scales. Types that are not quantized pass.
Status check_sum_scales(const Inference& in) {
  const ir::Type& a = in.type(0);
  const ir::Type& b = in.type(1);
  const ir::Type& output = in.declared(0);
  if (!has_scale(a) || !has_scale(b) || !has_scale(output)) return {};
  if (const auto shifts = power_of_two_shifts(in.node(), a, b, output)) {
    if (shifts->is_valid()) return {};
    return fail(ErrorCode::kInvalidModel,
                "power-of-two scales need one operand at the output's scale and none above it",
                "set pot_scale_int16 to false");
  }
  if (CommonScale(a, b, sum_left_shift(a.dtype)).to_output(output) >= 1.0) {
    return fail(ErrorCode::kInvalidModel, "the output's scale is too small for the operands' scales");
  }
  return {};
}

// y = act(a + sign * b) of int8, uint8 or int16 codes.
void evaluate_scaled_sum(const Evaluation& e, int32_t sign) {
  const ir::Type& output = *e.outputs[0].type;
  const CodeRange range = code_range(kFusedActivation(e.node), output);
  if (const auto shifts = power_of_two_shifts(e.node, *e.inputs[0].type, *e.inputs[1].type, output)) {
    evaluate_shifted(e, *shifts, sign, range);
    return;
  }
  switch (output.dtype) {
    case DType::kInt8: evaluate_codes<int8_t>(e, sign, range); break;
    case DType::kUInt8: evaluate_codes<uint8_t>(e, sign, range); break;
    default: evaluate_codes<int16_t>(e, sign, range); break;
  }
}

Status infer_sum(Inference& in) {
  PESTLE_TRY(check_clamp(kFusedActivation(in.node())));
  PESTLE_TRY(check_sum_scales(in));
  return infer_binary(in);
}

// Integers that are not quantized wrap on overflow.
template <typename T, int kSign>
void sum_integers(const Evaluation& e) {
  map_integers<T>(e, kFusedActivation(e.node), [](uint64_t a, uint64_t b) { return kSign > 0 ? a + b : a - b; });
}

template <int kSign>
Status evaluate_sum(const Evaluation& e) {
  switch (e.inputs[0].dtype()) {
    case DType::kFloat32: {
      const FloatRange range = float_range(kFusedActivation(e.node));
      map_binary<float>(e, [=](float a, float b) { return clamp_to(kSign > 0 ? a + b : a - b, range); });
      return {};
    }
    case DType::kInt8:
    case DType::kUInt8: evaluate_scaled_sum(e, kSign); return {};
    case DType::kInt16:
      e.inputs[0].type->is_quantized() ? evaluate_scaled_sum(e, kSign) : sum_integers<int16_t, kSign>(e);
      return {};
    case DType::kInt32: sum_integers<int32_t, kSign>(e); return {};
    case DType::kInt64: sum_integers<int64_t, kSign>(e); return {};
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

}  // namespace

OpDef sum_operator(const char* name, int code, int sign) {
  OpDef sum = arithmetic_operator(name, code, sign > 0 ? Arithmetic::kAdd : Arithmetic::kSubtract);
  sum.options = {kFusedActivation.info(), kPotScaleInt16.info()};
  sum.infer = infer_sum;
  sum.evaluate = sign > 0 ? evaluate_sum<1> : evaluate_sum<-1>;
  sum.quantization = arithmetic_quantization();
  return sum;
}

}  // namespace pestle::ops
