// Every depthwise kernel x shapes (edges, strides, dilation, partial blocks, depth multipliers) against plain loops.
#include "kernels/depthwise/depthwise.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <new>
#include <string>
#include <vector>

#include "base/fixed_point.h"
#include "base/random.h"

namespace pestle::kernels {
namespace {

struct Case {
  int batches, in_height, in_width, channels, multiplier, filter_height, filter_width, stride, dilation, pad;
};
constexpr Case kCases[] = {
    {1, 5, 5, 32, 1, 3, 3, 1, 1, 1},   {2, 7, 19, 40, 1, 3, 3, 1, 1, 1}, {1, 9, 11, 67, 1, 5, 5, 2, 1, 2},
    {1, 12, 13, 16, 1, 3, 3, 1, 3, 3}, {1, 4, 23, 8, 1, 1, 4, 1, 1, 0},  {1, 6, 6, 3, 1, 3, 3, 1, 1, 1},
    {1, 2, 2, 33, 1, 7, 7, 1, 1, 3},   {1, 8, 8, 5, 2, 3, 3, 2, 1, 1},   {2, 6, 7, 1, 13, 3, 2, 1, 1, 1},
    {1, 7, 7, 96, 1, 7, 7, 1, 1, 0},   {1, 3, 30, 31, 1, 2, 3, 3, 2, 2}, {1, 1, 1, 20, 1, 3, 3, 1, 1, 1},
    {1, 9, 23, 48, 1, 3, 3, 2, 1, 1},  {2, 9, 14, 35, 1, 5, 5, 1, 1, 2},
};

DepthwiseShape shape_of(const Case& c) {
  DepthwiseShape s;
  s.in_height = c.in_height;
  s.in_width = c.in_width;
  s.channels = c.channels;
  s.multiplier = c.multiplier;
  s.filter_height = c.filter_height;
  s.filter_width = c.filter_width;
  s.stride_height = s.stride_width = c.stride;
  s.dilation_height = s.dilation_width = c.dilation;
  s.pad_top = s.pad_left = c.pad;
  s.out_height = (c.in_height + 2 * c.pad - (c.filter_height - 1) * c.dilation - 1) / c.stride + 1;
  s.out_width = (c.in_width + 2 * c.pad - (c.filter_width - 1) * c.dilation - 1) / c.stride + 1;
  return s;
}

std::string describe(const char* kernel, const Case& c) {
  std::string text = kernel;
  for (int number : {c.batches, c.in_height, c.in_width, c.channels, c.multiplier, c.filter_height, c.filter_width,
                     c.stride, c.dilation, c.pad}) {
    text += ' ';
    text += std::to_string(number);
  }
  return text;
}

class Packed {
 public:
  explicit Packed(size_t size) : data_(::operator new(size, std::align_val_t{64})) {}
  ~Packed() { ::operator delete(data_, std::align_val_t{64}); }
  Packed(const Packed&) = delete;
  Packed& operator=(const Packed&) = delete;
  void* get() { return data_; }

 private:
  void* data_;
};

// Calls term(input index or -1, weight index) for every tap of one output, in order.
template <typename Term>
void for_each_tap(const DepthwiseShape& s, int64_t out, const Term& term) {
  const int channels = s.channels * s.multiplier;
  const int o = static_cast<int>(out % channels), x = static_cast<int>(out / channels % s.out_width);
  const int y = static_cast<int>(out / channels / s.out_width % s.out_height);
  const int64_t b = out / channels / s.out_width / s.out_height;
  for (int ky = 0; ky < s.filter_height; ++ky) {
    for (int kx = 0; kx < s.filter_width; ++kx) {
      const int iy = y * s.stride_height - s.pad_top + ky * s.dilation_height,
                ix = x * s.stride_width - s.pad_left + kx * s.dilation_width;
      if (iy < 0 || ix < 0 || iy >= s.in_height || ix >= s.in_width) continue;
      term(((b * s.in_height + iy) * s.in_width + ix) * s.channels + o / s.multiplier,
           (ky * s.filter_width + kx) * channels + o);
    }
  }
}

template <typename T>
std::vector<T> random_values(int64_t count, Random& random, double low, double high) {
  std::vector<T> values;
  for (int64_t i = 0; i < count; ++i) {
    if constexpr (std::is_floating_point_v<T>) values.push_back(static_cast<T>(random.real(low, high)));
    if constexpr (!std::is_floating_point_v<T>)
      values.push_back(static_cast<T>(random.integer(static_cast<int64_t>(low), static_cast<int64_t>(high))));
  }
  return values;
}

// Runs the rows in two calls.
template <typename Kernel, typename Args>
void run(const Kernel& kernel, const Args& args, int rows) {
  kernel.run(args, 0, rows / 2);
  kernel.run(args, rows / 2, rows);
}

TEST_CASE("every float depthwise kernel gives the bits of a sequential fused sum over the taps inside") {
  Random random(11);
  for (const Case& c : kCases) {
    const DepthwiseShape s = shape_of(c);
    const int channels = c.channels * c.multiplier, rows = c.batches * s.out_height;
    const auto input = random_values<float>(c.batches * c.in_height * c.in_width * c.channels, random, -2, 2);
    const auto weights = random_values<float>(c.filter_height * c.filter_width * channels, random, -1, 1);
    const auto bias = random_values<float>(channels, random, -1, 1);
    std::vector<float> expected;
    for (int64_t i = 0; i < int64_t{rows} * s.out_width * channels; ++i) {
      float acc = 0;
      for_each_tap(s, i, [&](int64_t in, int64_t w) { acc = std::fma(input[in], weights[w], acc); });
      expected.push_back(std::min(std::max(acc + bias[i % channels], -0.5f), 2.0f));
    }
    for (int i = 0; i < depthwise_f32_kernels().count; ++i) {
      const DepthwiseF32Kernel& kernel = depthwise_f32_kernels().rows[i];
      if (!has_isa(kernel.isa) || (c.multiplier != 1 && !kernel.any_multiplier)) continue;
      Packed packed(depthwise_f32_packed_size(s, kernel));
      depthwise_f32_pack(s, kernel, weights.data(), bias.data(), packed.get());
      std::vector<float> out(expected.size() + 1, 99.0f);
      run(kernel, DepthwiseF32Args{s, input.data(), packed.get(), out.data(), -0.5f, 2.0f}, rows);
      CHECK_MESSAGE(std::memcmp(out.data(), expected.data(), expected.size() * sizeof(float)) == 0,
                    describe(kernel.name, c));
      CHECK(out.back() == 99.0f);
    }
  }
}

struct IntParams {
  DepthwiseScaling scaling;
  int in_zero, weight_zero, out_zero, exponent_low, exponent_high;
  bool extreme;  // all inputs and weights at the low end
};

template <typename X, typename W>
struct IntCase {
  DepthwiseShape s;
  std::vector<X> input, zero_row;
  std::vector<W> weights;
  std::vector<int32_t> bias;
  std::vector<int64_t> bias64;
  std::vector<FixedMultiplier> multipliers;
  std::vector<int64_t> expected;
  int lo = std::numeric_limits<X>::min() + 2, hi = std::numeric_limits<X>::max() - 3;

  IntCase(const Case& c, const IntParams& p, Random& random) : s(shape_of(c)) {
    const int channels = c.channels * c.multiplier;
    const double x_low = std::numeric_limits<X>::min(), x_high = p.extreme ? x_low : std::numeric_limits<X>::max();
    const double w_low = std::numeric_limits<W>::min(), w_high = p.extreme ? w_low : std::numeric_limits<W>::max();
    input = random_values<X>(c.batches * c.in_height * c.in_width * c.channels, random, x_low, x_high);
    weights = random_values<W>(c.filter_height * c.filter_width * channels, random, w_low, w_high);
    bias = random_values<int32_t>(channels, random, -50000, 50000);
    bias64 = random_values<int64_t>(channels, random, -1e10, 1e10);
    zero_row.assign(static_cast<size_t>(c.channels), static_cast<X>(p.in_zero));
    for (int i = 0; i < channels; ++i) {
      multipliers.push_back({static_cast<int32_t>(random.integer(1 << 30, 0x7fffffff)),
                             static_cast<int>(random.integer(p.exponent_low, p.exponent_high))});
    }
    for (int64_t i = 0; i < int64_t{c.batches} * s.out_height * s.out_width * channels; ++i)
      expected.push_back(value(p, i));
  }

  int64_t value(const IntParams& p, int64_t index) const {
    constexpr bool kWide = sizeof(X) == 2;
    const auto o = static_cast<size_t>(index % (s.channels * s.multiplier));
    int64_t acc = kWide ? bias64[o] : bias[o];
    for_each_tap(s, index,
                 [&](int64_t in, int64_t w) { acc += int64_t{input[in] - p.in_zero} * (weights[w] - p.weight_zero); });
    if (p.scaling == DepthwiseScaling::kNone) return acc;
    const int64_t scaled = kWide ? multiply(acc, multipliers[o]) : multiply(static_cast<int32_t>(acc), multipliers[o]);
    return std::clamp<int64_t>(scaled + p.out_zero, lo, hi);
  }
};

template <typename Out, typename X, typename W>
void check_int_out(const DepthwiseIntKernel& kernel, const Case& c, const IntParams& p, const IntCase<X, W>& data) {
  DepthwiseIntWeights w;
  w.shape = data.s;
  w.weights = data.weights.data();
  if (sizeof(X) == 2) w.bias64 = data.bias64.data();
  if (sizeof(X) == 1) w.bias = data.bias.data();
  w.in_zero = p.in_zero;
  w.weight_zero = p.weight_zero;
  w.multipliers = p.scaling == DepthwiseScaling::kNone ? nullptr : data.multipliers.data();
  Packed packed(depthwise_int_packed_size(w.shape, kernel));
  depthwise_int_pack(w, kernel, packed.get());
  std::vector<Out> out(data.expected.size() + 1, Out{77});
  const DepthwiseIntArgs args = {data.s,     data.input.data(), packed.get(), data.zero_row.data(),
                                 out.data(), p.scaling,         p.out_zero,   data.lo,
                                 data.hi};
  run(kernel, args, c.batches * data.s.out_height);
  int wrong = out.back() != 77;
  for (size_t i = 0; i < data.expected.size(); ++i) wrong += out[i] != data.expected[i];
  CHECK_MESSAGE(wrong == 0, describe(kernel.name, c), " wrong=", wrong);
}

template <typename X, typename W>
void check_int(DepthwiseList<DepthwiseIntKernel> kernels, const IntParams& p, Random& random) {
  for (const Case& c : kCases) {
    const IntCase<X, W> data(c, p, random);
    for (int i = 0; i < kernels.count; ++i) {
      const DepthwiseIntKernel& kernel = kernels.rows[i];
      if (!has_isa(kernel.isa) || (c.multiplier != 1 && !kernel.any_multiplier)) continue;
      if (p.scaling == DepthwiseScaling::kNone) check_int_out<int32_t>(kernel, c, p, data);
      if (p.scaling == DepthwiseScaling::kFixed) check_int_out<X>(kernel, c, p, data);
    }
  }
}

TEST_CASE("every 8-bit depthwise kernel is exact and reads the zero point outside the image") {
  Random random(12);
  check_int<int8_t, int8_t>(depthwise_i8_kernels(), {DepthwiseScaling::kFixed, -7, 0, 4, -10, -5, false}, random);
  check_int<int8_t, int8_t>(depthwise_i8_kernels(), {DepthwiseScaling::kFixed, 127, 0, -128, -31, 3, true}, random);
  check_int<int8_t, int8_t>(depthwise_i8_kernels(), {DepthwiseScaling::kNone, -128, 0, 0, 0, 0, false}, random);
  check_int<uint8_t, uint8_t>(depthwise_u8_kernels(), {DepthwiseScaling::kFixed, 130, 117, 120, -10, -5, false},
                              random);
  check_int<uint8_t, uint8_t>(depthwise_u8_kernels(), {DepthwiseScaling::kFixed, 255, 255, 0, -12, 0, true}, random);
}

TEST_CASE("every 16-bit depthwise kernel sums in 64 bits") {
  Random random(13);
  check_int<int16_t, int8_t>(depthwise_i16_kernels(), {DepthwiseScaling::kFixed, 0, 0, 0, -12, -4, false}, random);
  check_int<int16_t, int8_t>(depthwise_i16_kernels(), {DepthwiseScaling::kFixed, 0, 0, 0, -20, -10, true}, random);
}

}  // namespace
}  // namespace pestle::kernels
