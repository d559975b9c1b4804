// MEAN
//   y = (sum of x over the axes) / n, n the number of elements summed into each output
// Quantized: the sum of q - z_x is scaled by s_x / s_y / n with a multiplier that is divided by n in integers
// (facts-kernels.md, section 8). int32 and int64 divide truncating; the mean of nothing is NaN, in integers 0.
#include <algorithm>
#include <bit>

#include "base/fixed_point.h"
#include "ops/core/fused_activation.h"
#include "ops/core/reduce.h"

namespace pestle::ops {
namespace {

void mean_floats(const Evaluation& e, const Reduction& r) {
  const auto sums = reduce(r, e.inputs[0].as<float>(), 0.0, [](double sum, float x) { return sum + x; });
  const auto count = static_cast<double>(r.per_output);
  std::transform(sums.begin(), sums.end(), e.outputs[0].as<float>(),
                 [count](double sum) { return static_cast<float>(sum / count); });
}

template <typename T>
void mean_integers(const Evaluation& e, const Reduction& r) {
  // Unsigned, because sums may wrap.
  const auto sums = reduce(r, e.inputs[0].as<T>(), uint64_t{0},
                           [](uint64_t sum, T x) { return sum + static_cast<uint64_t>(int64_t{x}); });
  const int64_t count = std::max<int64_t>(r.per_output, 1);
  std::transform(sums.begin(), sums.end(), e.outputs[0].as<T>(),
                 [count](uint64_t sum) { return static_cast<T>(static_cast<int64_t>(sum) / count); });
}

// s_x / s_y / n: as many of n's bits as the exponent can take move there, the rest divides the multiplier.
FixedMultiplier mean_multiplier(const Evaluation& e, int64_t count) {
  FixedMultiplier m =
      quantize_multiplier(static_cast<double>(e.inputs[0].scale()) / static_cast<double>(e.outputs[0].scale()));
  const int log2 = static_cast<int>(std::bit_width(static_cast<uint64_t>(count))) - 1;
  const int shift = std::max(0, std::min({log2, 32, 31 + m.exponent}));
  m.multiplier = static_cast<int32_t>((static_cast<int64_t>(m.multiplier) << shift) / count);
  m.exponent -= shift;
  return m;
}

template <typename Code>
void mean_codes(const Evaluation& e, const Reduction& r) {
  const int64_t count = std::max<int64_t>(r.per_output, 1);
  const FixedMultiplier m = mean_multiplier(e, count);
  const int64_t offset = int64_t{e.inputs[0].zero_point()} * r.per_output;
  const CodeRange range = code_range(e.outputs[0].dtype());
  const int32_t y_zero = e.outputs[0].zero_point();
  const auto sums = reduce(r, e.inputs[0].as<Code>(), int64_t{0}, [](int64_t sum, Code x) { return sum + x; });
  std::transform(sums.begin(), sums.end(), e.outputs[0].as<Code>(), [&](int64_t sum) {
    return static_cast<Code>(
        std::clamp(multiply(static_cast<int32_t>(sum - offset), m) + y_zero, range.low, range.high));
  });
}

Status evaluate(const Evaluation& e) {
  PESTLE_ASSIGN(const Reduction r, reduction_of(e));
  switch (e.inputs[0].dtype()) {
    case DType::kFloat32: mean_floats(e, r); return {};
    case DType::kInt32: mean_integers<int32_t>(e, r); return {};
    case DType::kInt64: mean_integers<int64_t>(e, r); return {};
    case DType::kInt8: mean_codes<int8_t>(e, r); return {};
    case DType::kUInt8: mean_codes<uint8_t>(e, r); return {};
    case DType::kInt16: mean_codes<int16_t>(e, r); return {};
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

}  // namespace

const OpDef& op_mean() {
  static const OpDef def = {
      .name = "MEAN",
      .code = 40,
      .options_record = "ReducerOptions",
      .summary = "y = mean of x over the axes",
      .inputs = {{"input"}, {"axes"}},
      .outputs = {{"output"}},
      .options = {kKeepDims.info()},
      .types = {{"float32", {kF32, kI32}, {kF32}, 1},
                {"uint8", {kU8, kI32}, {kU8}, 1},
                {"integer", {kIndex, kI32}, {kIndex}, 1},
                {"int8", {kI8, kI32}, {kI8}, 2},
                {"int16", {kI16, kI32}, {kI16}, 3}},
      .infer = infer_reduction,
      .evaluate = evaluate,
      .quantization = reduction_quantization(kActivationRule),
      .layout = reduction_layout(),
  };
  return def;
}

}  // namespace pestle::ops
