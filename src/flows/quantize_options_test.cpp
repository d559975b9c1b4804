#include "flows/quantize_options.h"

#include <doctest/doctest.h>

namespace pestle::flows {
namespace {

QuantizeOptions good(const char* mode) {
  QuantizeOptions options;
  options.mode = mode;
  options.data.path = "samples.npy";
  return options;
}

void check_refused(const QuantizeOptions& options, const char* message) {
  const auto settings = understand(options);
  REQUIRE(!settings.has_value());
  CHECK(settings.error().code == ErrorCode::kInvalidArgument);
  CHECK(settings.error().message.find(message) != std::string::npos);
}

TEST_CASE("every mode is understood, and a missing or wrong one is answered with the list") {
  for (const quant::Mode& mode : quant::modes()) CHECK(understand(good(mode.name))->mode == &mode);
  check_refused(good(""), "`mode` is missing; there are:\n  float32");
  check_refused(good("int3"), "`mode` int3: there is no such mode, only:\n  float32");
}

TEST_CASE("words become settings") {
  QuantizeOptions options = good("full-int8");
  options.observer = "percentile=99.9";
  options.io = "uint8";
  options.refine = "none";
  const auto settings = understand(options);
  REQUIRE(settings.has_value());
  CHECK(settings->observer.kind == quant::ObserverSpec::kPercentile);
  CHECK(settings->observer.percentile == 99.9);
  CHECK(settings->choice.io == DType::kUInt8);
  CHECK(!settings->refine);
}

TEST_CASE("what contradicts itself is refused by the names of the options") {
  QuantizeOptions options = good("full-int8");
  options.keep_float = {"x"};
  check_refused(options, "`keep_float` contradicts `mode` full-int8");
  options = good("int8");
  options.data.path.clear();
  check_refused(options, "`mode` int8 needs sample inputs");
  options.plan = "p.json";
  CHECK(understand(options).has_value());
  options.strict = true;
  check_refused(options, "a plan says already");
  options = good("int8");
  options.io = "int8";
  check_refused(options, "`io` int8 does not go with `mode` int8");
  options = good("int8");
  options.samples = 0;
  check_refused(options, "`samples` 0");
  options = good("int8");
  options.observer = "percentile=200";
  check_refused(options, "between 50 and 100");
}

}  // namespace
}  // namespace pestle::flows
