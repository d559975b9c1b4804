#include "ops/core/lookup.h"

#include <algorithm>
#include <limits>

#include "base/fixed_point.h"
#include "ops/core/fused_activation.h"

namespace pestle::ops {

std::array<int32_t, 256> lookup_table_8bit(const RealFunction& function, const ir::Type& input,
                                           const ir::Type& output) {
  std::array<int32_t, 256> table{};
  const CodeRange in = code_range(input.dtype);
  const CodeRange out = code_range(output.dtype);
  const float inverse = 1.0f / output.scale();
  for (int32_t code = in.low; code <= in.high; ++code) {
    const float real = input.scale() * static_cast<float>(code - input.zero_point());
    const float rounded = round_away(function(real) * inverse);
    const float shifted = rounded + static_cast<float>(output.zero_point());
    const auto wide = static_cast<int64_t>(std::clamp(shifted, -2147483648.0f, 2147483520.0f));
    table[code - in.low] = static_cast<int32_t>(std::clamp<int64_t>(wide, out.low, out.high));
  }
  return table;
}

namespace {

template <typename F, typename Function>
Lookup16 build(const Function& function, F in_scale, int32_t in_zero, F out_scale, int32_t out_zero) {
  constexpr int kSteps = 512;
  const F in_min = in_scale * static_cast<F>(-32768 - in_zero);
  const F in_max = in_scale * static_cast<F>(32767 - in_zero);
  const F out_min = out_scale * static_cast<F>(-32768 - out_zero);
  const F out_max = out_scale * static_cast<F>(32767 - out_zero);
  const F step = (in_max - in_min) / kSteps;
  const F half_step = step / 2;
  const F inverse = static_cast<F>(65536) / (out_max - out_min);
  const auto limit = [](F value) { return static_cast<int16_t>(std::clamp(value, F{-32768}, F{32767})); };
  Lookup16 table{};
  for (int i = 0; i < kSteps; ++i) {
    const F value = function(in_min + static_cast<F>(i) * step);
    const F middle = function(in_min + static_cast<F>(i) * step + half_step);
    const F next = function(in_min + static_cast<F>(i + 1) * step);
    const F sample = round_away(value * inverse);
    const F interpolated = round_away((next * inverse + sample) / 2);
    const F bias = round_away((interpolated - round_away(middle * inverse)) / 2);
    table[i] = limit(sample - bias);
  }
  table[kSteps] = limit(round_away(function(in_max) * inverse));
  return table;
}

}  // namespace

Lookup16 lookup_table_16bit(const RealFunction& function, float input_scale, int32_t input_zero_point,
                            float output_scale, int32_t output_zero_point) {
  return build<float>(function, input_scale, input_zero_point, output_scale, output_zero_point);
}

Lookup16 lookup_table_16bit(double (*function)(double), AffineRange input, AffineRange output) {
  return build<double>(function, input.scale, input.zero_point, output.scale, output.zero_point);
}

int16_t look_up(const Lookup16& table, int16_t code) {
  const int index = 256 + (code >> 7);
  const int offset = code & 0x7f;
  const auto slope = static_cast<int16_t>(table[index + 1] - table[index]);
  return static_cast<int16_t>(table[index] + ((slope * offset + 64) >> 7));
}

}  // namespace pestle::ops
