#include "base/elementary.h"

#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>
#include <limits>

namespace el = pestle::elementary;

namespace {

void check_against(double (*ours)(double), double (*libm)(double), double low, double high) {
  for (int i = 0; i <= 20000; ++i) {
    const double x = low + (high - low) * i / 20000;
    const double want = libm(x);
    REQUIRE_MESSAGE(std::fabs(ours(x) - want) <= 2e-15 * std::max(std::fabs(want), 1e-290), "x = ", x);
  }
}

}  // namespace

TEST_CASE("elementary functions agree with libm to 2e-15 relative") {
  check_against(el::exp, std::exp, -700, 700);
  check_against(el::expm1, std::expm1, -30, 30);
  check_against(el::log, std::log, 1e-300, 1e3);
  check_against(el::log, std::log, 0.5, 2.0);
  check_against(el::tanh, std::tanh, -25, 25);
  check_against(el::erf, std::erf, -7, 7);
}

TEST_CASE("sin and cos agree with libm to 1e-15 absolute, also for large arguments") {
  for (const double limit : {1.0, 100.0, 1e6, 1e15}) {
    for (int i = -1000; i <= 1000; ++i) {
      const double x = limit * i / 1000.0;
      CHECK(std::fabs(el::sin(x) - std::sin(x)) < 1e-15);
      CHECK(std::fabs(el::cos(x) - std::cos(x)) < 1e-15);
    }
  }
  CHECK(std::isnan(el::sin(std::numeric_limits<double>::infinity())));
}

TEST_CASE("pow covers integral, fractional and negative bases") {
  CHECK(el::pow(2.0, 10.0) == 1024.0);
  CHECK(el::pow(-2.0, 3.0) == -8.0);
  CHECK(std::fabs(el::pow(2.0, 0.5) - std::sqrt(2.0)) < 1e-15);
  CHECK(std::isnan(el::pow(-2.0, 0.5)));
}

TEST_CASE("atan2 is within an ulp or two of libm in every quadrant, and keeps signs of zero") {
  double worst = 0;
  for (int i = -300; i <= 300; ++i) {
    for (int k = -300; k <= 300; k += 7) {
      const double y = i / 37.0, x = k / 41.0;
      worst = std::fmax(worst, std::fabs(el::atan2(y, x) - std::atan2(y, x)));
    }
  }
  CHECK(worst < 1e-15);
  CHECK(std::signbit(el::atan2(-0.0, 1.0)));
  CHECK(el::atan2(0.0, -1.0) == std::atan2(0.0, -1.0));
  CHECK(std::isnan(el::atan2(NAN, 1.0)));
}
