// Every gemm kernel x shapes, operand forms, scalings and extreme parameters, against plain loops written here.
#include "kernels/gemm/gemm.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>
#include <string>
#include <vector>

#include "base/fixed_point.h"
#include "base/random.h"

namespace pestle::kernels {
namespace {

struct Case {
  int m, n, taps, channels;
  bool direct;
};
// Remainders of every tile (rows, columns, k groups), one row, many panels, many taps, K past the int16 block of 256.
constexpr Case kCases[] = {
    {1, 1, 1, 1, true},    {1, 17, 1, 5, true},    {7, 8, 1, 16, true},   {9, 48, 1, 31, true},
    {13, 50, 1, 3, true},  {17, 97, 1, 8, true},   {2, 130, 1, 64, true}, {25, 33, 1, 129, true},
    {4, 15, 9, 3, false},  {11, 24, 9, 4, false},  {8, 49, 25, 1, false}, {16, 16, 9, 17, false},
    {6, 31, 4, 70, false}, {3, 64, 2, 301, false}, {5, 9, 1, 1025, true},
};

class Packed {
 public:
  explicit Packed(size_t size) : data_(::operator new(size + 64, std::align_val_t{64})) {
    std::memset(data_, 0xa5, size + 64);
  }
  ~Packed() { ::operator delete(data_, std::align_val_t{64}); }
  Packed(const Packed&) = delete;
  Packed& operator=(const Packed&) = delete;
  void* get() { return data_; }

 private:
  void* data_;
};

// The left operand of a case: values in shuffled places for the indirect form; exactly sized, so that reads past the
// end show under the address sanitizer.
template <typename T>
struct Left {
  std::vector<T> values;             // [m][taps][channels]
  std::vector<std::vector<T>> taps;  // the same, one allocation per tap (indirect)
  std::vector<const void*> rows;
  GemmLeft left;

  template <typename Make>
  Left(const Case& c, Make make) : values(static_cast<size_t>(c.m * c.taps * c.channels)) {
    for (T& value : values) value = make();
    if (c.direct) {
      left = {values.data(), static_cast<ptrdiff_t>(sizeof(T)) * c.channels, nullptr};
      return;
    }
    for (int i = 0; i < c.m * c.taps; ++i)
      taps.emplace_back(values.begin() + i * c.channels, values.begin() + (i + 1) * c.channels);
    for (const auto& tap : taps) rows.push_back(tap.data());
    left = {nullptr, 0, rows.data()};
  }
};

// One call over everything, or four over quarters that start at panel borders.
template <typename Kernel, typename Args>
void run(const Kernel& kernel, const Args& args, const Case& c, bool split) {
  if (!split) return kernel.run(args, {0, c.m, 0, c.n});
  const int m = c.m / 2, n = std::min(c.n, kernel.tile.columns);
  for (const GemmBlock& block : {GemmBlock{0, m, 0, n}, {m, c.m, 0, n}, {0, m, n, c.n}, {m, c.m, n, c.n}})
    kernel.run(args, block);
}

std::string describe(const char* kernel, const Case& c) {
  return std::string(kernel) + " m=" + std::to_string(c.m) + " n=" + std::to_string(c.n) +
         " taps=" + std::to_string(c.taps) + " channels=" + std::to_string(c.channels);
}

// --- float ---

struct F32Case {
  Left<float> left;
  std::vector<float> weights, bias, expected;
  float lo = -0.75f, hi = 2.5f;

  F32Case(const Case& c, Random& random) : left(c, [&] { return static_cast<float>(random.real(-2, 2)); }) {
    const int k_end = c.taps * c.channels;
    for (int i = 0; i < c.n * k_end; ++i) weights.push_back(static_cast<float>(random.real(-1, 1)));
    for (int i = 0; i < c.n; ++i) bias.push_back(static_cast<float>(random.real(-1, 1)));
    for (int m = 0; m < c.m; ++m) {
      for (int n = 0; n < c.n; ++n) {
        float acc = 0;
        for (int k = 0; k < k_end; ++k) acc = std::fma(left.values[m * k_end + k], weights[n * k_end + k], acc);
        expected.push_back(std::min(std::max(acc + bias[n], lo), hi));
      }
    }
  }
};

void check_f32(const GemmF32Kernel& kernel, const Case& c, const F32Case& data, bool split) {
  GemmF32Weights w;
  w.shape = {c.n, c.taps, c.channels};
  w.weights = data.weights.data();
  w.stride_n = c.taps * c.channels;
  w.bias = data.bias.data();
  Packed packed(gemm_f32_packed_size(w.shape, kernel.tile));
  gemm_f32_pack(w, kernel.tile, packed.get());
  const int stride = c.n + 3;
  std::vector<float> out(static_cast<size_t>(c.m * stride), -99.0f);
  GemmF32Args args = {w.shape, data.left.left, packed.get(), out.data(), stride, data.lo, data.hi};
  run(kernel, args, c, split);
  int wrong = 0;
  for (int m = 0; m < c.m; ++m) {
    wrong += std::memcmp(&out[m * stride], &data.expected[m * c.n], sizeof(float) * c.n) != 0;
    for (int n = c.n; n < stride; ++n) wrong += out[m * stride + n] != -99.0f;
  }
  CHECK_MESSAGE(wrong == 0, describe(kernel.name, c));
}

TEST_CASE("every float kernel gives the bits of a sequential fused sum") {
  Random random(1);
  for (const Case& c : kCases) {
    const F32Case data(c, random);
    for (int i = 0; i < gemm_f32_kernels().count; ++i) {
      const GemmF32Kernel& kernel = gemm_f32_kernels().rows[i];
      if (!has_isa(kernel.isa)) continue;
      for (bool split : {false, true}) check_f32(kernel, c, data, split);
    }
  }
}

TEST_CASE("a NaN survives the clamp of every float kernel and infinities are clamped") {
  const float inf = std::numeric_limits<float>::infinity();
  const float x[] = {std::nanf(""), inf, -inf};
  const float one = 1;
  for (int i = 0; i < gemm_f32_kernels().count; ++i) {
    const GemmF32Kernel& kernel = gemm_f32_kernels().rows[i];
    if (!has_isa(kernel.isa)) continue;
    Packed packed(gemm_f32_packed_size({1, 1, 1}, kernel.tile));
    gemm_f32_pack({{1, 1, 1}, &one, 1, 1, nullptr}, kernel.tile, packed.get());
    float out[3];
    kernel.run({{1, 1, 1}, {x, sizeof(float), nullptr}, packed.get(), out, 1, -1, 6}, {0, 3, 0, 1});
    CHECK_MESSAGE(std::isnan(out[0]), kernel.name);
    CHECK_MESSAGE(out[1] == 6, kernel.name);
    CHECK_MESSAGE(out[2] == -1, kernel.name);
  }
}

// --- integer ---

// How the numbers of one run are chosen: full random, or all at one end so that sums and shifts are extreme.
enum class Fill { kRandom, kLow, kHigh };
struct IntParams {
  GemmScaling scaling;
  Fill fill;
  int left_zero, weight_zero, out_zero;
  int exponent_low, exponent_high;  // of the multipliers
  bool bias64 = false;
};

template <typename T>
T pick(Fill fill, Random& random) {
  using Limits = std::numeric_limits<T>;
  if (fill == Fill::kLow) return Limits::min();
  if (fill == Fill::kHigh) return Limits::max();
  return static_cast<T>(random.integer(Limits::min(), Limits::max()));
}

template <typename X, typename W>
struct IntCase {
  Left<X> left;
  std::vector<W> weights;
  std::vector<int32_t> bias;
  std::vector<int64_t> bias64;
  std::vector<FixedMultiplier> multipliers;
  std::vector<double> scales;
  int lo = std::numeric_limits<X>::min() + 3, hi = std::numeric_limits<X>::max() - 2;

  IntCase(const Case& c, const IntParams& p, Random& random) : left(c, [&] { return pick<X>(p.fill, random); }) {
    for (int i = 0; i < c.n * c.taps * c.channels; ++i) weights.push_back(pick<W>(p.fill, random));
    for (int i = 0; i < c.n; ++i) {
      bias.push_back(static_cast<int32_t>(random.integer(-100000, 100000)));
      bias64.push_back(random.integer(-(int64_t{1} << 40), int64_t{1} << 40));
      const auto exponent = static_cast<int>(random.integer(p.exponent_low, p.exponent_high));
      multipliers.push_back({static_cast<int32_t>(random.integer(1 << 30, 0x7fffffff)), exponent});
      // Every fourth scale makes ties: a power of two.
      scales.push_back(i % 4 == 0 ? std::ldexp(1.0, exponent) : std::ldexp(random.real(0.5, 1.0), exponent));
      if (i % 7 == 3) multipliers.back() = {1 << 30, exponent};
      if (i % 11 == 5) multipliers.back() = {0, 0};
    }
  }

  int64_t sum(const Case& c, const IntParams& p, int m, int n) const {
    const int k_end = c.taps * c.channels;
    int64_t acc = p.bias64 ? bias64[n] : bias[n];
    for (int k = 0; k < k_end; ++k) {
      acc += int64_t{left.values[m * k_end + k] - p.left_zero} * (weights[n * k_end + k] - p.weight_zero);
    }
    return acc;
  }

  int64_t expected(const Case& c, const IntParams& p, int m, int n) const {
    const int64_t acc = sum(c, p, m, n);
    int64_t value = static_cast<int32_t>(acc);
    if (p.scaling == GemmScaling::kNone) return value;
    if (p.scaling == GemmScaling::kFixed) value = multiply(static_cast<int32_t>(acc), multipliers[n]);
    if (p.scaling == GemmScaling::kFixed64) value = multiply(acc, multipliers[n]);
    if (p.scaling == GemmScaling::kReal) value = static_cast<int64_t>(round_away(static_cast<double>(acc) * scales[n]));
    return std::clamp<int64_t>(value + p.out_zero, lo, hi);
  }
};

template <typename Out, typename X, typename W>
void check_int_out(const GemmIntKernel& kernel, const Case& c, const IntParams& p, const IntCase<X, W>& data) {
  GemmIntWeights w;
  w.shape = {c.n, c.taps, c.channels};
  w.weights = data.weights.data();
  w.stride_n = c.taps * c.channels;
  if (p.bias64) w.bias64 = data.bias64.data();
  if (!p.bias64) w.bias = data.bias.data();
  w.left_zero = p.left_zero;
  w.weight_zero = p.weight_zero;
  w.scaling = p.scaling;
  w.multipliers = data.multipliers.data();
  w.scales = data.scales.data();
  Packed packed(gemm_int_packed_size(w.shape, kernel));
  gemm_int_pack(w, kernel, packed.get());
  const int stride = c.n + 5;
  std::vector<Out> out(static_cast<size_t>(c.m * stride), Out{77});
  const GemmIntArgs args = {w.shape,   data.left.left, packed.get(), out.data(), stride,
                            p.scaling, p.weight_zero,  p.out_zero,   data.lo,    data.hi};
  for (bool split : {false, true}) {
    run(kernel, args, c, split);
    int wrong = 0;
    for (int i = 0; i < c.m * stride; ++i) {
      const int m = i / stride, n = i % stride;
      wrong += out[i] != (n < c.n ? data.expected(c, p, m, n) : 77);
    }
    CHECK_MESSAGE(wrong == 0, describe(kernel.name, c), " scaling=", static_cast<int>(p.scaling), " split=", split,
                  " wrong=", wrong);
  }
}

template <typename X, typename W>
void check_int(KernelList<GemmIntKernel> kernels, const IntParams& p, Random& random) {
  for (const Case& c : kCases) {
    const IntCase<X, W> data(c, p, random);
    for (int i = 0; i < kernels.count; ++i) {
      if (!has_isa(kernels.rows[i].isa)) continue;
      if (p.scaling == GemmScaling::kNone) check_int_out<int32_t>(kernels.rows[i], c, p, data);
      if (p.scaling != GemmScaling::kNone) check_int_out<X>(kernels.rows[i], c, p, data);
    }
  }
}

TEST_CASE("every int8 kernel equals the exact sum and the double rounding of the reference") {
  Random random(2);
  for (const IntParams& p : {IntParams{GemmScaling::kFixed, Fill::kRandom, -3, 0, 5, -12, -6},
                             {GemmScaling::kFixed, Fill::kRandom, 127, 0, -128, -31, -1},
                             {GemmScaling::kFixed, Fill::kRandom, -128, 0, 127, 0, 6},
                             {GemmScaling::kFixed, Fill::kLow, 127, 0, 0, -16, -10},
                             {GemmScaling::kFixed, Fill::kHigh, -128, 0, -1, -16, 2},
                             {GemmScaling::kFixed, Fill::kRandom, 4, -7, 3, -12, -6},
                             {GemmScaling::kNone, Fill::kRandom, 0, 0, 0, 0, 0},
                             {GemmScaling::kNone, Fill::kLow, 127, 127, 0, 0, 0},
                             {GemmScaling::kReal, Fill::kRandom, 9, 0, -20, -14, -5},
                             {GemmScaling::kReal, Fill::kHigh, -128, 11, 0, -30, 3}}) {
    check_int<int8_t, int8_t>(gemm_i8_kernels(), p, random);
  }
}

TEST_CASE("every uint8 kernel equals the exact sum with weight zero points") {
  Random random(3);
  for (const IntParams& p : {IntParams{GemmScaling::kFixed, Fill::kRandom, 120, 131, 5, -12, -6},
                             {GemmScaling::kFixed, Fill::kHigh, 0, 0, 128, -16, -10},
                             {GemmScaling::kNone, Fill::kLow, 255, 255, 0, 0, 0},
                             {GemmScaling::kReal, Fill::kRandom, 128, 128, 100, -14, -5}}) {
    check_int<uint8_t, uint8_t>(gemm_u8_kernels(), p, random);
  }
}

TEST_CASE("every int16 kernel sums in 64 bits") {
  Random random(4);
  for (const IntParams& p : {IntParams{GemmScaling::kFixed64, Fill::kRandom, 0, 0, 0, -12, -4, true},
                             {GemmScaling::kFixed64, Fill::kLow, 0, 0, 0, -31, 0, true},
                             {GemmScaling::kFixed, Fill::kRandom, 0, 0, 0, -12, -4},
                             {GemmScaling::kReal, Fill::kHigh, 0, 0, 0, -24, -10, true},
                             {GemmScaling::kReal, Fill::kRandom, 0, 0, 0, -20, -10}}) {
    check_int<int16_t, int8_t>(gemm_i16_kernels(), p, random);
  }
}

TEST_CASE("weights may be packed from their transpose") {
  const float rows[] = {1, 2, 3, 4, 5, 6};     // [n = 2][k = 3]
  const float columns[] = {1, 4, 2, 5, 3, 6};  // [k = 3][n = 2]
  const GemmTile tile = best_gemm_f32().tile;
  const GemmShape shape = {2, 1, 3};
  Packed a(gemm_f32_packed_size(shape, tile)), b(gemm_f32_packed_size(shape, tile));
  gemm_f32_pack({shape, rows, 3, 1, nullptr}, tile, a.get());
  gemm_f32_pack({shape, columns, 1, 2, nullptr}, tile, b.get());
  CHECK(std::memcmp(a.get(), b.get(), gemm_f32_packed_size(shape, tile)) == 0);
}

}  // namespace
}  // namespace pestle::kernels
