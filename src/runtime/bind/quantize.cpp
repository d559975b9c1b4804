// QUANTIZE: tables from 8 bits, a loop that the compiler vectorises from float32, slices of the reference elsewhere.
#include <algorithm>

#include "ops/core/fused_activation.h"
#include "ops/core/per_channel.h"
#include "runtime/slices.h"

namespace pestle::runtime {
namespace {

struct FloatToCode {
  float scale;
  int32_t zero;
  ops::CodeRange range;

  // The reference rounds x / scale half away from zero and clamps after adding the zero point. Quotients beyond 2^18
  // end at a bound of any type of at most 16 bits, NaN at the lowest; so much fits an int32, and what truncation
  // leaves is exact.
  int32_t operator()(float x) const {
    constexpr float kFar = 0x1p18f;
    const float quotient = x / scale;
    const float bounded = std::min(quotient >= -kFar ? quotient : -kFar, kFar);
    const auto whole = static_cast<int32_t>(bounded);
    const float rest = bounded - static_cast<float>(whole);
    const int32_t rounded = whole + (rest >= 0.5f ? 1 : 0) - (rest <= -0.5f ? 1 : 0);
    return std::clamp(rounded + zero, range.low, range.high);
  }
};

template <typename Code>
Step bind_float(const BindRequest& request) {
  const ir::Type& y = request.output(0);
  const FloatToCode code_of{y.scale(), y.zero_point(), ops::code_range(y.dtype)};
  const int64_t elements = y.shape.elements();
  const auto run = [code_of, elements](const StepContext& context) {
    const float* in = context.in<float>(0);
    Code* out = context.out<Code>(0);
    context.pool.parallel_ranges(elements, 4096, [&](int64_t first, int64_t last) {
      for (int64_t i = first; i < last; ++i) out[i] = static_cast<Code>(code_of(in[i]));
    });
    return Status{};
  };
  return {"quantize_f32", run, 0};
}

std::optional<Step> bind(const BindRequest& request) {
  if (auto step = bind_table(request)) return step;
  if (request.input(0).dtype != DType::kFloat32 || ops::is_per_channel(request.output(0)))
    return bind_slices(request, 1);
  switch (request.output(0).dtype) {
    case DType::kInt8: return bind_float<int8_t>(request);
    case DType::kUInt8: return bind_float<uint8_t>(request);
    case DType::kInt16: return bind_float<int16_t>(request);
    default: return std::nullopt;
  }
}

}  // namespace

const Binding& binding_quantize() {
  static const Binding binding{{"QUANTIZE"}, bind};
  return binding;
}

}  // namespace pestle::runtime
