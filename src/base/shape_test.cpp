#include "base/shape.h"

#include <doctest/doctest.h>

#include "base/tensor.h"

using namespace pestle;

TEST_CASE("a number of elements whose bits leave 64 bits is no number of elements") {
  CHECK(checked_elements({3, 4}) == 12);
  CHECK(checked_elements({0, 1 << 30}) == 0);
  CHECK(checked_elements({1 << 28, 1 << 28}) == int64_t{1} << 56);
  CHECK(storage_bytes(DType::kComplex128, int64_t{1} << 56) == size_t{1} << 60);
  // 2^59 + 8 float32 would wrap to 32 bytes.
  CHECK(!checked_elements({8, (int64_t{1} << 56) + 1}).has_value());
  CHECK(!checked_elements({1 << 30, 1 << 30, 1 << 30}).has_value());
  CHECK(!checked_elements({2, kUnknown}).has_value());
}
