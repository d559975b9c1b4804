#include "ops/core/scaled_sum.h"

#include "ops/core/requantize.h"

namespace pestle::ops {
std::optional<PowerOfTwoShifts> power_of_two_shifts(const ir::Node& node, const ir::Type& a, const ir::Type& b,
                                                    const ir::Type& output) {
  if (a.dtype != DType::kInt16 || !kPotScaleInt16(node)) return std::nullopt;
  const auto log_a = exact_log2(a.scale());
  const auto log_b = exact_log2(b.scale());
  const auto log_out = exact_log2(output.scale());
  if (!log_a || !log_b || !log_out) return std::nullopt;
  return PowerOfTwoShifts{*log_out - *log_a, *log_out - *log_b};
}

Status check_sum_scales(const Inference& in) {
  const ir::Type& a = in.type(0);
  const ir::Type& b = in.type(1);
  const ir::Type& output = in.declared(0);
  if (!has_scale(a) || !has_scale(b) || !has_scale(output)) return {};
  if (a.dtype == DType::kInt16 && (a.zero_point() != 0 || b.zero_point() != 0 || output.zero_point() != 0)) {
    return fail(ErrorCode::kInvalidModel, "int16 operands must have zero point 0");
  }
  if (const auto shifts = power_of_two_shifts(in.node(), a, b, output)) {
    if (shifts->is_valid()) return {};
    return fail(ErrorCode::kInvalidModel, "power-of-two scales need one operand at the output's scale and none above it",
                "set pot_scale_int16 to false");
  }
  return {};
}

}  // namespace pestle::ops
