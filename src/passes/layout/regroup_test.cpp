#include "passes/layout/regroup.h"

#include <doctest/doctest.h>

using namespace pestle;
using namespace pestle::passes;

TEST_CASE("groups that are contiguous in what is stored keep their order there") {
  const auto r = regroup({2, 5, 4, 7}, {0, 3, 1, 2}, {2, 5, 28});
  REQUIRE(r.has_value());
  CHECK(r->stored == Shape{2, 28, 5});
  CHECK(r->permutation == Permutation{0, 2, 1});
}

TEST_CASE("a group that mixes channels with pixels cannot be regrouped") {
  CHECK_FALSE(regroup({2, 5, 4, 7}, {0, 3, 1, 2}, {2, 140}).has_value());
  CHECK_FALSE(regroup({20, 20, 20}, {0, 2, 1}, {800, 10}).has_value());
}

TEST_CASE("axes of extent 1 do not count") {
  const auto r = regroup({2, 5, 1, 1}, {0, 3, 1, 2}, {2, 5});
  REQUIRE(r.has_value());
  CHECK(r->stored == Shape{2, 5});
  CHECK(r->permutation.empty());
}

TEST_CASE("a free batch stays free") {
  const auto r = regroup({kUnknown, 6, 4, 7}, {0, 3, 1, 2}, {kUnknown, 3, 2, 28});
  REQUIRE(r.has_value());
  CHECK(r->stored == Shape{kUnknown, 28, 3, 2});
  CHECK_FALSE(regroup({kUnknown, 6, 4, 7}, {0, 3, 1, 2}, {6, kUnknown, 28}).has_value());
}

TEST_CASE("shapes of different sizes do not regroup") { CHECK_FALSE(regroup({2, 3}, {1, 0}, {2, 4}).has_value()); }
