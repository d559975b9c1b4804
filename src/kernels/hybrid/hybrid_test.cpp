// Every hybrid kernel x lengths against plain loops.
#include "kernels/hybrid/hybrid.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "base/random.h"

namespace pestle::kernels {
namespace {

constexpr int kLengths[] = {1, 3, 31, 32, 33, 255, 256, 257, 600};

// Halves of steps are among them: with inverse 4 every eighth of a unit lies on one.
std::vector<float> floats(int count, Random& random) {
  std::vector<float> values(static_cast<size_t>(count));
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] =
        i % 3 == 0 ? static_cast<float>(random.integer(-300, 300)) / 8 : static_cast<float>(random.real(-40, 40));
  }
  return values;
}

template <typename Check>
void for_each_case(const Check& check) {
  Random random(5);
  for (int i = 0; i < hybrid_kernels().count; ++i) {
    const HybridKernel& kernel = hybrid_kernels().rows[i];
    if (!has_isa(kernel.isa)) continue;
    for (int length : kLengths) check(kernel, length, random);
  }
}

TEST_CASE("the range of a row holds its extremes") {
  for_each_case([](const HybridKernel& kernel, int length, Random& random) {
    const std::vector<float> values = floats(length, random);
    const HybridExtremes range = kernel.range(values.data(), length);
    CHECK_MESSAGE(range.low == *std::min_element(values.begin(), values.end()), kernel.name);
    CHECK_MESSAGE(range.high == *std::max_element(values.begin(), values.end()), kernel.name);
  });
}

TEST_CASE("codes of a row are rounded half away from zero and clamped") {
  for_each_case([](const HybridKernel& kernel, int length, Random& random) {
    const std::vector<float> values = floats(length, random);
    std::vector<int8_t> codes(values.size());
    HybridQuantizeArgs args{.values = values.data(), .codes = codes.data(), .inverse = 4, .zero = -7, .lowest = -127};
    kernel.quantize(args, length);
    int wrong = 0;
    for (size_t i = 0; i < values.size(); ++i) {
      wrong += codes[i] != static_cast<int>(std::clamp(std::round(values[i] * 4) - 7, -127.0f, 127.0f));
    }
    CHECK_MESSAGE(wrong == 0, kernel.name, " length=", length);
  });
}

float scaled(const HybridScaleArgs& args, int32_t acc, int c) {
  const auto sum = static_cast<float>(acc - args.zero * args.sums[c]);
  float value = args.scales_first ? sum * (args.scales[c] * args.row_scale) : sum * args.scales[c] * args.row_scale;
  if (args.bias) value += args.bias[c];
  return std::min(std::max(value, args.lo), args.hi);
}

TEST_CASE("accumulators are scaled in the order that is asked for") {
  for_each_case([](const HybridKernel& kernel, int channels, Random& random) {
    constexpr int kRows = 3;
    const std::vector<float> scales = floats(channels, random), bias = floats(channels, random);
    std::vector<int32_t> sums(scales.size()), acc(scales.size() * kRows);
    for (int32_t& sum : sums) sum = static_cast<int32_t>(random.integer(-9000, 9000));
    for (int32_t& value : acc) value = static_cast<int32_t>(random.integer(-2000000, 2000000));
    for (int variant = 0; variant < 4; ++variant) {
      std::vector<int32_t> values = acc;
      const HybridScaleArgs args{
          channels, values.data(),      sums.data(), scales.data(), variant & 1 ? bias.data() : nullptr, 0.0123f,
          17,       (variant & 2) != 0, -3e5f,       4e5f};
      kernel.scale(args, kRows);
      int wrong = 0;
      for (size_t i = 0; i < acc.size(); ++i) {
        const float expected = scaled(args, acc[i], static_cast<int>(i % sums.size()));
        wrong += std::memcmp(&values[i], &expected, sizeof(expected)) != 0;
      }
      CHECK_MESSAGE(wrong == 0, kernel.name, " channels=", channels, " variant=", variant);
    }
  });
}

}  // namespace
}  // namespace pestle::kernels
