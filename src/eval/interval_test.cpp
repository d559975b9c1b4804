#include "eval/interval.h"

#include <doctest/doctest.h>

using pestle::eval::interval_of_share;

TEST_CASE("the interval of a share is Wilson's") {
  const auto half = interval_of_share(0.5, 100);
  CHECK(half.low == doctest::Approx(0.4038).epsilon(0.001));
  CHECK(half.high == doctest::Approx(0.5962).epsilon(0.001));
}

TEST_CASE("samples that all say the same leave doubt, and more of them leave less") {
  CHECK(interval_of_share(1.0, 16).low == doctest::Approx(0.806).epsilon(0.002));
  CHECK(interval_of_share(1.0, 64).half_width() < interval_of_share(1.0, 16).half_width());
  CHECK(interval_of_share(1.0, 16).high == 1.0);
  CHECK(interval_of_share(0.0, 16).low == 0.0);
}

TEST_CASE("without samples nothing is known") {
  CHECK(interval_of_share(0.0, 0).low == 0.0);
  CHECK(interval_of_share(0.0, 0).high == 1.0);
}
