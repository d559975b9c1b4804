#include "flows/latency.h"

#include <doctest/doctest.h>

namespace pestle::flows {

TEST_CASE("runs of very different lengths are noted, unless they are all short") {
  CHECK(unsteady({5.0, 1.0, 9.0}).has_value());
  CHECK_FALSE(unsteady({1.5, 1.0, 9.0}).has_value());
  CHECK_FALSE(unsteady({0.05, 0.01, 0.09}).has_value());
}

TEST_CASE("p90 is the least time that nine tenths of the runs did not exceed") {
  const Latency ten = summarize({10, 9, 8, 7, 6, 5, 4, 3, 2, 1});
  CHECK(ten.median_ms == 5.5);
  CHECK(ten.min_ms == 1);
  CHECK(ten.p90_ms == 9);
  CHECK(summarize({3, 1, 2}).p90_ms == 3);
  const Latency one = summarize({4});
  CHECK(one.median_ms == 4);
  CHECK(one.p90_ms == 4);
}

}  // namespace pestle::flows
