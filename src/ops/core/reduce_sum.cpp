#include "ops/core/reduce_sum.h"

#include <algorithm>

#include "ops/core/fused_activation.h"

namespace pestle::ops {
namespace {

void sum_floats(const Evaluation& e, const Reduction& r, double divisor) {
  const auto sums = reduce(r, e.inputs[0].as<float>(), 0.0, [](double sum, float x) { return sum + x; });
  std::transform(sums.begin(), sums.end(), e.outputs[0].as<float>(),
                 [divisor](double sum) { return static_cast<float>(sum / divisor); });
}

template <typename T>
void sum_integers(const Evaluation& e, const Reduction& r, int64_t divisor) {
  // Unsigned, because sums may wrap.
  const auto sums = reduce(r, e.inputs[0].as<T>(), uint64_t{0},
                           [](uint64_t sum, T x) { return sum + static_cast<uint64_t>(int64_t{x}); });
  std::transform(sums.begin(), sums.end(), e.outputs[0].as<T>(),
                 [divisor](uint64_t sum) { return static_cast<T>(static_cast<int64_t>(sum) / divisor); });
}

template <typename Code>
void sum_codes(const Evaluation& e, const Reduction& r, FixedMultiplier m) {
  const int64_t offset = int64_t{e.inputs[0].zero_point()} * r.per_output;
  const CodeRange range = code_range(e.outputs[0].dtype());
  const int64_t y_zero = e.outputs[0].zero_point();
  const auto sums = reduce(r, e.inputs[0].as<Code>(), int64_t{0}, [](int64_t sum, Code x) { return sum + x; });
  std::transform(sums.begin(), sums.end(), e.outputs[0].as<Code>(), [&](int64_t sum) {
    const int64_t scaled = multiply(static_cast<int32_t>(sum - offset), m);
    return static_cast<Code>(std::clamp<int64_t>(scaled + y_zero, range.low, range.high));
  });
}

}  // namespace

Status evaluate_reduced_sum(const Evaluation& e, const Reduction& r, const SumForm& form) {
  switch (e.inputs[0].dtype()) {
    case DType::kFloat32: sum_floats(e, r, form.real_divisor); return {};
    case DType::kInt32: sum_integers<int32_t>(e, r, form.divisor); return {};
    case DType::kInt64: sum_integers<int64_t>(e, r, form.divisor); return {};
    case DType::kInt8: sum_codes<int8_t>(e, r, form.multiplier(e, form.divisor)); return {};
    case DType::kUInt8: sum_codes<uint8_t>(e, r, form.multiplier(e, form.divisor)); return {};
    case DType::kInt16: sum_codes<int16_t>(e, r, form.multiplier(e, form.divisor)); return {};
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

}  // namespace pestle::ops
