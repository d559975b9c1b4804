// Every pooling kernel x shapes against plain loops.
#include "kernels/pool/pool.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "base/random.h"

namespace pestle::kernels {
namespace {

struct Case {
  int batches, height, width, channels, filter, stride, pad;
};
constexpr Case kCases[] = {{1, 7, 7, 130, 7, 1, 0}, {2, 9, 6, 64, 3, 2, 1}, {1, 5, 5, 3, 2, 1, 0},
                           {3, 4, 11, 33, 5, 3, 2}, {1, 1, 1, 65, 3, 1, 1}, {1, 8, 8, 1, 3, 1, 1}};

PoolShape shape_of(const Case& c) {
  PoolShape s;
  s.in_height = c.height;
  s.in_width = c.width;
  s.channels = c.channels;
  s.out_height = (c.height + 2 * c.pad - c.filter) / c.stride + 1;
  s.out_width = (c.width + 2 * c.pad - c.filter) / c.stride + 1;
  s.filter_height = s.filter_width = c.filter;
  s.stride_height = s.stride_width = c.stride;
  s.pad_top = s.pad_left = c.pad;
  return s;
}

template <typename T>
T finish(PoolKind kind, const std::vector<T>& values, T lo, T hi) {
  if (kind == PoolKind::kMax) return std::clamp(*std::max_element(values.begin(), values.end()), lo, hi);
  if constexpr (std::is_floating_point_v<T>) {
    T sum = 0;
    for (T value : values) sum += value;
    return std::min(std::max(sum / static_cast<T>(values.size()), lo), hi);
  } else {
    int sum = 0;
    const auto count = static_cast<int>(values.size());
    for (T value : values) sum += value;
    const int rounded = sum > 0 ? (sum + count / 2) / count : (sum - count / 2) / count;
    return static_cast<T>(std::clamp<int>(rounded, lo, hi));
  }
}

template <typename T>
T expected_at(const std::vector<T>& input, const PoolShape& s, PoolKind kind, int64_t index, T lo, T hi) {
  const int c = static_cast<int>(index % s.channels), x = static_cast<int>(index / s.channels % s.out_width);
  const auto row = index / s.channels / s.out_width;
  const int y = static_cast<int>(row % s.out_height);
  std::vector<T> values;
  for (int iy = y * s.stride_height - s.pad_top; iy < y * s.stride_height - s.pad_top + s.filter_height; ++iy) {
    for (int ix = x * s.stride_width - s.pad_left; ix < x * s.stride_width - s.pad_left + s.filter_width; ++ix) {
      if (iy < 0 || ix < 0 || iy >= s.in_height || ix >= s.in_width) continue;
      values.push_back(input[((row / s.out_height * s.in_height + iy) * s.in_width + ix) * s.channels + c]);
    }
  }
  return finish(kind, values, lo, hi);
}

template <typename T>
void check(const PoolKernel& kernel, const Case& c, Random& random, T lo, T hi) {
  const PoolShape s = shape_of(c);
  std::vector<T> input(static_cast<size_t>(c.batches * c.height * c.width * c.channels));
  for (T& value : input) {
    if constexpr (std::is_floating_point_v<T>) value = static_cast<T>(random.real(-3, 3));
    if constexpr (!std::is_floating_point_v<T>)
      value = static_cast<T>(random.integer(std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
  }
  const int rows = c.batches * s.out_height;
  std::vector<T> out(static_cast<size_t>(rows * s.out_width * s.channels));
  PoolArgs args = {s, input.data(), out.data(), -2.0f, 2.5f, 0, 0};
  if constexpr (!std::is_floating_point_v<T>) {
    args.lo = lo;
    args.hi = hi;
  }
  kernel.run(args, 0, rows / 3);
  kernel.run(args, rows / 3, rows);
  int wrong = 0;
  for (size_t i = 0; i < out.size(); ++i) {
    const T expected = expected_at(input, s, kernel.kind, static_cast<int64_t>(i), lo, hi);
    wrong += std::memcmp(&out[i], &expected, sizeof(T)) != 0;
  }
  CHECK_MESSAGE(wrong == 0, std::string(kernel.name), " channels=", c.channels, " filter=", c.filter);
}

TEST_CASE("every pooling kernel counts only values inside the image and rounds halves away from zero") {
  Random random(21);
  for (int i = 0; i < pool_kernels().count; ++i) {
    const PoolKernel& kernel = pool_kernels().rows[i];
    if (!has_isa(kernel.isa)) continue;
    for (const Case& c : kCases) {
      if (kernel.type == PoolType::kFloat32) check<float>(kernel, c, random, -2.0f, 2.5f);
      if (kernel.type == PoolType::kInt8) check<int8_t>(kernel, c, random, -120, 119);
      if (kernel.type == PoolType::kUInt8) check<uint8_t>(kernel, c, random, 3, 250);
      if (kernel.type == PoolType::kInt16) check<int16_t>(kernel, c, random, -32000, 32000);
    }
  }
}

TEST_CASE("the best pooling kernel has the kind and type that was asked for") {
  CHECK(best_pool(PoolKind::kMax, PoolType::kUInt8).kind == PoolKind::kMax);
  CHECK(best_pool(PoolKind::kMax, PoolType::kUInt8).type == PoolType::kUInt8);
  CHECK(best_pool(PoolKind::kAverage, PoolType::kInt16).type == PoolType::kInt16);
}

}  // namespace
}  // namespace pestle::kernels
