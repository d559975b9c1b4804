// SUM
//   y = sum of x over the axes
// Quantized: the sum of q - z_x, scaled by s_x / s_y (facts-kernels.md, section 8). LiteRT's reference resolver reads
// the codes as uint8 and is not followed; its default kernel agrees to within rounding. Integers wrap.
#include <algorithm>

#include "base/fixed_point.h"
#include "ops/core/fused_activation.h"
#include "ops/core/reduce.h"

namespace pestle::ops {
namespace {

void sum_floats(const Evaluation& e, const Reduction& r) {
  const auto sums = reduce(r, e.inputs[0].as<float>(), 0.0, [](double sum, float x) { return sum + x; });
  std::transform(sums.begin(), sums.end(), e.outputs[0].as<float>(),
                 [](double sum) { return static_cast<float>(sum); });
}

template <typename T>
void sum_integers(const Evaluation& e, const Reduction& r) {
  const auto sums = reduce(r, e.inputs[0].as<T>(), uint64_t{0},
                           [](uint64_t sum, T x) { return sum + static_cast<uint64_t>(int64_t{x}); });
  std::transform(sums.begin(), sums.end(), e.outputs[0].as<T>(), [](uint64_t sum) { return static_cast<T>(sum); });
}

template <typename Code>
void sum_codes(const Evaluation& e, const Reduction& r) {
  const FixedMultiplier m =
      quantize_multiplier(static_cast<double>(e.inputs[0].scale()) / static_cast<double>(e.outputs[0].scale()));
  const int64_t offset = int64_t{e.inputs[0].zero_point()} * r.per_output;
  const CodeRange range = code_range(e.outputs[0].dtype());
  const int64_t y_zero = e.outputs[0].zero_point();
  const auto sums = reduce(r, e.inputs[0].as<Code>(), int64_t{0}, [](int64_t sum, Code x) { return sum + x; });
  std::transform(sums.begin(), sums.end(), e.outputs[0].as<Code>(), [&](int64_t sum) {
    const int64_t scaled = multiply(static_cast<int32_t>(sum - offset), m);
    return static_cast<Code>(std::clamp<int64_t>(scaled + y_zero, range.low, range.high));
  });
}

Status evaluate(const Evaluation& e) {
  PESTLE_ASSIGN(const Reduction r, reduction_of(e));
  switch (e.inputs[0].dtype()) {
    case DType::kFloat32: sum_floats(e, r); return {};
    case DType::kInt32: sum_integers<int32_t>(e, r); return {};
    case DType::kInt64: sum_integers<int64_t>(e, r); return {};
    case DType::kInt8: sum_codes<int8_t>(e, r); return {};
    case DType::kUInt8: sum_codes<uint8_t>(e, r); return {};
    case DType::kInt16: sum_codes<int16_t>(e, r); return {};
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

}  // namespace

const OpDef& op_sum() {
  static const OpDef def = {
      .name = "SUM",
      .code = 74,
      .options_record = "ReducerOptions",
      .summary = "y = sum of x over the axes",
      .inputs = {{"input"}, {"axes"}},
      .outputs = {{"output"}},
      .options = {kKeepDims.info()},
      .types = {{"float32", {kF32, kI32}, {kF32}, 1},
                {"uint8", {kU8, kI32}, {kU8}, 1},
                {"integer", {kIndex, kI32}, {kIndex}, 1},
                {"int8", {kI8, kI32}, {kI8}, 2},
                {"int16", {kI16, kI32}, {kI16}, 2}},
      .infer = infer_reduction,
      .evaluate = evaluate,
      .quantization = reduction_quantization(kActivationRule),
      .layout = reduction_layout(),
  };
  return def;
}

}  // namespace pestle::ops
