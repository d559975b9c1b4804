// Every element-wise kernel x broadcasts and tails against plain loops.
#include "kernels/elementwise/elementwise.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "base/fixed_point.h"
#include "base/random.h"

namespace pestle::kernels {
namespace {

struct Case {
  const char* name;
  int rows, columns;
  int a_stride, a_step, b_stride, b_step;
};
constexpr Case kCases[] = {
    {"same shape", 3, 37, 37, 1, 37, 1},         {"same shape, whole vectors", 2, 64, 64, 1, 64, 1},
    {"scalar right", 1, 100, 100, 1, 0, 0},      {"scalar left", 2, 19, 0, 0, 19, 1},
    {"one value a channel", 5, 24, 24, 1, 0, 1}, {"one value a row", 4, 33, 33, 1, 1, 0},
    {"both scalars", 2, 5, 0, 0, 0, 0},          {"short rows", 7, 3, 3, 1, 3, 1},
    {"one element", 1, 1, 1, 1, 1, 1},
};

template <typename T>
std::vector<T> random_values(Random& random, int stride, int step, const Case& c) {
  std::vector<T> values(static_cast<size_t>((c.rows - 1) * stride + (c.columns - 1) * step + 1));
  for (T& value : values) {
    if constexpr (std::is_floating_point_v<T>) value = static_cast<T>(random.real(-4, 4));
    if constexpr (!std::is_floating_point_v<T>)
      value = static_cast<T>(random.integer(std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
  }
  return values;
}

int64_t expected(const BinaryKernel& kernel, const BinaryArgs& p, int a, int b) {
  const auto fixed = [](ElementwiseMultiplier m) { return FixedMultiplier{m.multiplier, m.exponent}; };
  int32_t sum = (a - p.a_zero) * (b - p.b_zero);
  if (kernel.op != BinaryOp::kMul) {
    const int32_t left = multiply((a - p.a_zero) << p.left_shift, fixed(p.a_multiplier));
    const int32_t right = multiply((b - p.b_zero) << p.left_shift, fixed(p.b_multiplier));
    sum = kernel.op == BinaryOp::kAdd ? left + right : left - right;
  }
  return std::clamp<int64_t>(int64_t{multiply(sum, fixed(p.out_multiplier))} + p.out_zero, p.lo, p.hi);
}

float expected(const BinaryKernel& kernel, const BinaryArgs& p, float a, float b) {
  float value = a * b;
  if (kernel.op == BinaryOp::kAdd) value = a + b;
  if (kernel.op == BinaryOp::kSub) value = a - b;
  return std::min(std::max(value, p.float_lo), p.float_hi);
}

ElementwiseMultiplier plain(double real) {
  const FixedMultiplier m = quantize_multiplier(real);
  return {m.multiplier, m.exponent};
}

template <typename T>
void check(const BinaryKernel& kernel, const Case& c, BinaryArgs args, Random& random) {
  const auto a = random_values<T>(random, c.a_stride, c.a_step, c),
             b = random_values<T>(random, c.b_stride, c.b_step, c);
  std::vector<T> out(static_cast<size_t>(c.rows * c.columns) + 1, T{77});
  args.columns = c.columns;
  args.a = a.data();
  args.b = b.data();
  args.out = out.data();
  args.a_stride = c.a_stride;
  args.b_stride = c.b_stride;
  args.a_step = c.a_step;
  args.b_step = c.b_step;
  kernel.run(args, 0, c.rows / 2);
  kernel.run(args, c.rows / 2, c.rows);
  int wrong = out.back() != T{77};
  for (int i = 0; i < c.rows * c.columns; ++i) {
    const int row = i / c.columns, column = i % c.columns;
    const T want = static_cast<T>(
        expected(kernel, args, a[row * c.a_stride + column * c.a_step], b[row * c.b_stride + column * c.b_step]));
    wrong += std::memcmp(&out[i], &want, sizeof(T)) != 0;
  }
  CHECK_MESSAGE(wrong == 0, std::string(kernel.name), ": ", c.name);
}

BinaryArgs int_args(BinaryOp op, bool wide, int lo, int hi) {
  BinaryArgs args;
  args.left_shift = wide ? 15 : 20;
  args.a_multiplier = plain(0.5);
  args.b_multiplier = plain(0.31);
  args.out_multiplier = plain(op == BinaryOp::kMul ? (wide ? 3e-5 : 0.0173) : 1.9 / (1 << args.left_shift));
  args.a_zero = wide ? 0 : 3;
  args.b_zero = wide ? 0 : -17;
  args.out_zero = wide ? 0 : 9;
  args.lo = lo;
  args.hi = hi;
  return args;
}

TEST_CASE("every binary kernel equals the reference formula in every broadcast") {
  Random random(31);
  for (int i = 0; i < binary_kernels().count; ++i) {
    const BinaryKernel& kernel = binary_kernels().rows[i];
    if (!has_isa(kernel.isa)) continue;
    for (const Case& c : kCases) {
      BinaryArgs floats;
      floats.float_lo = -2;
      floats.float_hi = 6;
      if (kernel.type == BinaryType::kFloat32) check<float>(kernel, c, floats, random);
      if (kernel.type == BinaryType::kInt8) check<int8_t>(kernel, c, int_args(kernel.op, false, -120, 127), random);
      if (kernel.type == BinaryType::kUInt8) check<uint8_t>(kernel, c, int_args(kernel.op, false, 2, 255), random);
      if (kernel.type == BinaryType::kInt16)
        check<int16_t>(kernel, c, int_args(kernel.op, true, -32768, 32700), random);
    }
  }
}

TEST_CASE("the best binary kernel has the operation and type that was asked for") {
  CHECK(best_binary(BinaryOp::kSub, BinaryType::kUInt8).op == BinaryOp::kSub);
  CHECK(best_binary(BinaryOp::kSub, BinaryType::kUInt8).type == BinaryType::kUInt8);
}

TEST_CASE("a table maps every code") {
  std::vector<uint8_t> table(256), in(256 + 77), out(in.size());
  for (size_t i = 0; i < table.size(); ++i) table[i] = static_cast<uint8_t>(i * 7 + 3);
  for (size_t i = 0; i < in.size(); ++i) in[i] = static_cast<uint8_t>(i);
  for (int i = 0; i < table_kernels().count; ++i) {
    const TableKernel& kernel = table_kernels().rows[i];
    if (!has_isa(kernel.isa)) continue;
    kernel.run({table.data(), in.data(), out.data()}, 0, 100);
    kernel.run({table.data(), in.data(), out.data()}, 100, static_cast<ptrdiff_t>(in.size()));
    int wrong = 0;
    for (size_t k = 0; k < in.size(); ++k) wrong += out[k] != table[in[k]];
    CHECK_MESSAGE(wrong == 0, std::string(kernel.name));
  }
}

TEST_CASE("the float clamp keeps NaN") {
  const std::vector<float> in = {-3, 0.5f, 9, std::nanf(""), -1, 6};
  for (int i = 0; i < clamp_kernels().count; ++i) {
    const ClampKernel& kernel = clamp_kernels().rows[i];
    if (!has_isa(kernel.isa)) continue;
    std::vector<float> values = in;
    kernel.run({values.data(), values.data(), -1, 6}, 0, 6);
    CHECK_MESSAGE((values[0] == -1 && values[1] == 0.5f && values[2] == 6 && std::isnan(values[3]) && values[5] == 6),
                  std::string(kernel.name));
  }
}

}  // namespace
}  // namespace pestle::kernels
