// Arithmetic on sizes that come from files: the result, or nothing if it does not fit.
#pragma once

#include <cstdint>
#include <optional>

namespace pestle {

template <typename T>
std::optional<T> checked_mul(T a, T b) {
  T result;
  if (__builtin_mul_overflow(a, b, &result)) return std::nullopt;
  return result;
}

template <typename T>
std::optional<T> checked_add(T a, T b) {
  T result;
  if (__builtin_add_overflow(a, b, &result)) return std::nullopt;
  return result;
}

}  // namespace pestle
