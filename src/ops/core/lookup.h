// Tables that replace a function of one quantized argument (TFLite's LUTPopulate).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <limits>

#include "ir/type.h"

namespace pestle::ops {

using RealFunction = std::function<float(float)>;

// 8-bit: entry[code - lowest code] = clamp(round(f(s_in * (code - z_in)) * (1 / s_out)) + z_out), in float32.
// The entry is the code as int32, so that int8 and uint8 share the function.
std::array<int32_t, 256> lookup_table_8bit(const RealFunction& function, const ir::Type& input, const ir::Type& output);

// Applies an 8-bit table; Code is int8_t or uint8_t.
template <typename Code>
void apply_lookup(const std::array<int32_t, 256>& table, const Code* in, int64_t count, Code* out) {
  constexpr int kLowest = std::numeric_limits<Code>::min();
  for (int64_t i = 0; i < count; ++i) out[i] = static_cast<Code>(table[in[i] - kLowest]);
}

// 16-bit: 513 points over the whole input range, linear between them (docs/semantics.md#tables). The zero
// point of the output must be 0.
using Lookup16 = std::array<int16_t, 513>;
struct AffineRange {
  double scale = 1;
  int32_t zero_point = 0;
};
// In float32 for operators (their inputs are floats), in double for SOFTMAX.
Lookup16 lookup_table_16bit(const RealFunction& function, float input_scale, int32_t input_zero_point,
                            float output_scale, int32_t output_zero_point);
Lookup16 lookup_table_16bit(double (*function)(double), AffineRange input, AffineRange output);
int16_t look_up(const Lookup16& table, int16_t code);

}  // namespace pestle::ops
