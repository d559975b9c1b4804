#include "ops/core/sigmoid_int16.h"

#include <array>
#include <cmath>
#include <cstdlib>

#include "base/elementary.h"
#include "ops/core/requantize.h"
#include "ops/core/unary.h"

namespace pestle::ops {
namespace {

// 65536 * sigmoid(i / 24). TFLite's table is not rounded evenly: these entries are one larger than the nearest.
using SigmoidTable = std::array<uint16_t, 256>;
constexpr uint8_t kRaised[] = {4,  8,  12, 14, 15, 16, 17, 19, 20,  21,  22,  25,  27,  28, 29,
                               30, 31, 33, 34, 35, 37, 39, 40, 41,  43,  44,  45,  46,  49, 50,
                               54, 62, 63, 64, 66, 82, 86, 93, 100, 103, 112, 116, 135, 255};

SigmoidTable make_table() {
  SigmoidTable table{};
  for (int i = 0; i < 256; ++i) {
    table[i] = static_cast<uint16_t>(std::round(65536.0 * elementary::logistic(static_cast<double>(i) / 24.0)));
  }
  for (const uint8_t i : kRaised) ++table[i];
  return table;
}

// x * multiplier / 2^shift, rounded.
struct Rescaling {
  int32_t multiplier = 0;
  int shift = 0;
};

Rescaling rescaling_of(float scale, SigmoidKind kind) {
  if (const auto log2 = exact_log2(scale)) {
    const int shift = *log2 + 12;
    if (shift == 0 || (shift == 1 && kind == SigmoidKind::kTanh)) return {3 << shift, 0};
  }
  double multiplier = static_cast<double>(scale) * 4096.0 * 3.0;
  int shift = 0;
  while (multiplier <= 32767.0 / 2.0 && shift <= 30) {
    ++shift;
    multiplier *= 2.0;
  }
  return {static_cast<int32_t>(multiplier), shift};
}

int16_t logistic(const SigmoidTable& table, int32_t x) {
  const auto magnitude = static_cast<uint32_t>(std::abs(x));
  const uint32_t index = magnitude >> 9;
  uint32_t value = 0x7fff << 10;
  if (index < 255) value = (uint32_t{table[index]} << 9) + (magnitude & 0x1ff) * (table[index + 1] - table[index]);
  value = x >= 0 ? value + (1 << 9) : (1 << 25) - value + (1 << 9) - 1;
  return static_cast<int16_t>(value >> 10);
}

int16_t tanh(const SigmoidTable& table, int32_t x) {
  const auto magnitude = static_cast<uint32_t>(std::abs(x));
  const uint32_t index = magnitude >> 8;
  int32_t value = 0xffff << 8;
  if (index < 255) {
    value =
        static_cast<int32_t>((uint32_t{table[index]} << 8) + (magnitude & 0xff) * (table[index + 1] - table[index]));
  }
  value = x >= 0 ? value - (1 << 23) + (1 << 7) : -value + (1 << 23) + (1 << 7) - 1;
  return static_cast<int16_t>(value >> 8);
}

}  // namespace

void evaluate_sigmoid_int16(const Evaluation& e, SigmoidKind kind) {
  static const SigmoidTable table = make_table();
  const Rescaling scale = rescaling_of(e.inputs[0].scale(), kind);
  const int32_t half = scale.shift > 0 ? int32_t{1} << (scale.shift - 1) : 0;
  map_unary<int16_t>(e, [=](int16_t code) {
    const auto x = static_cast<int32_t>((int64_t{code} * scale.multiplier + half) >> scale.shift);
    return kind == SigmoidKind::kLogistic ? logistic(table, x) : tanh(table, x);
  });
}

Status check_sigmoid_int16(const Inference& in) {
  const ir::Type& x = in.type(0);
  const ir::Type& y = in.declared(0);
  if (in.dtype(0) != DType::kInt16 || !has_scale(x) || !has_scale(y)) return {};
  if (x.zero_point() != 0 || y.zero_point() != 0 || y.scale() != 0x1p-15f) {
    return fail(ErrorCode::kInvalidModel, "int16 needs zero points 0 and an output scale of 1/32768");
  }
  return {};
}

OpDef sigmoid_operator(const char* name, int code, float int8_scale, int32_t int8_zero_point) {
  OpDef sigmoid = unary_operator(name, code);
  sigmoid.types = {{"float32", {kF32}, {kF32}, 1},
                   {"uint8", {kU8}, {kU8}, 1},
                   {"int8", {kI8}, {kI8}, 2},
                   {"int16", {kI16}, {kI16}, 3}};
  sigmoid.quantization = unary_quantization(true);
  sigmoid.quantization.outputs = {fixed_rule({int8_scale, int8_zero_point, 0x1p-15f})};
  return sigmoid;
}

}  // namespace pestle::ops
