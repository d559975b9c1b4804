#include "quant/statistics.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "base/random.h"

using namespace pestle;
using namespace pestle::quant;

namespace {

constexpr ObserverSpec kObservers[] = {{ObserverSpec::kMinMax, 0.9, 99.99},
                                       {ObserverSpec::kMovingAverage, 0.9, 99.99},
                                       {ObserverSpec::kPercentile, 0.9, 99.0}};

std::vector<float> sample(Random& random, float reach) {
  std::vector<float> values(500);
  for (float& value : values) value = static_cast<float>(random.real(-reach, 2 * reach));
  return values;
}

}  // namespace

TEST_CASE("statistics of parts merge into those of the whole") {
  for (const ObserverSpec& spec : kObservers) {
    Random random(3);
    ValueStatistics whole, first, second;
    for (int i = 0; i < 12; ++i) {
      const std::vector<float> values = sample(random, static_cast<float>(1 << (i % 5)));
      whole.add(values, spec);
      (i < 5 ? first : second).add(values, spec);
    }
    // The moving average of the second part starts anew; the others are exact.
    first.merge(second, spec);
    CHECK(first.samples() == whole.samples());
    if (spec.kind == ObserverSpec::kMovingAverage) continue;
    CHECK(first.range(spec).low == whole.range(spec).low);
    CHECK(first.range(spec).high == whole.range(spec).high);
  }
}

TEST_CASE("a percentile leaves outliers out and never exceeds what was seen") {
  const ObserverSpec spec{ObserverSpec::kPercentile, 0.9, 99.0};
  std::vector<float> values(10000, 0.5f);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 100) / 100.0f;
  values[17] = 1000.0f;
  ValueStatistics statistics;
  statistics.add(values, spec);
  CHECK(statistics.range(spec).high < 2.0f);
  CHECK(statistics.range(spec).low >= 0.0f);
}

TEST_CASE("a number that is not finite is noticed and does not enter the range") {
  ValueStatistics statistics;
  const float values[] = {1.0f, std::numeric_limits<float>::quiet_NaN()};
  statistics.add(values, {});
  CHECK(statistics.has_non_finite());
  CHECK(!statistics.seen());
}
