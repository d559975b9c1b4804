// What quantizing says of numbers that are not finite, biases that are too large and channels of nothing.
#include <doctest/doctest.h>

#include <cmath>

#include "ir/text.h"
#include "quant/calibrate.h"
#include "quant/check_weights.h"
#include "quant/choose.h"

using namespace pestle;
using namespace pestle::quant;

namespace {

// x [1,1,1,2] -> CONV_2D 1x1 "layer" -> y [1,1,1,2], with the weights and bias given in the text form.
ir::Module layer(const std::string& weights, const std::string& bias) {
  auto module = ir::parse(
      "pestle-module 1 graph \"g\" { inputs (%0) outputs (%3) %0 \"x\" float32[1, 1, 1, 2] "
      "%1 \"w\" float32[2, 1, 1, 2] = [" +
      weights + "] %2 \"b\" float32[2] = [" + bias +
      "] %3 \"y\" float32[1, 1, 1, 2] "
      "%3 = CONV_2D(%0, %1, %2) {stride_w = 1, stride_h = 1} sources [\"layer\"] }");
  REQUIRE_MESSAGE(module.has_value(), describe(module.error()));
  return std::move(*module);
}

// Samples of equal elements.
class EqualSamples final : public SampleSet {
 public:
  explicit EqualSamples(std::vector<float> values) : values_(std::move(values)) {}
  size_t size() const override { return values_.size(); }
  Status for_each(std::span<const size_t> positions, const Body& body) const override {
    for (size_t position : positions) {
      const std::vector<float> elements(2, values_[position]);
      const Tensor inputs[] = {Tensor::of<float>({1, 1, 1, 2}, elements)};
      PESTLE_TRY(body(position, inputs));
    }
    return {};
  }

 private:
  std::vector<float> values_;
};

Result<Calibration> calibrated(const ir::Module& module, std::vector<float> samples) {
  ThreadPool pool(2);
  return calibrate(module, EqualSamples(std::move(samples)), {}, pool, no_progress());
}

}  // namespace

TEST_CASE("weights and biases that are not finite are named, with their node, in every mode") {
  struct Row {
    const char *weights, *bias, *says;
  };
  const Row rows[] = {
      {"1, 2, 3, nan", "0, 0", "CONV_2D 'layer': \"w\" holds NaN at element 3 of 4"},
      {"1, -inf, 3, 4", "0, 0", "CONV_2D 'layer': \"w\" holds infinity at element 1 of 4"},
      {"1, 2, 3, 4", "inf, 0", "CONV_2D 'layer': \"b\" holds infinity at element 0 of 2"},
  };
  for (const Row& row : rows) {
    const ir::Module module = layer(row.weights, row.bias);
    const Statistics statistics = stand_in_statistics(module);
    CHECK(describe(check_weights(module).error()) == row.says);
    for (const Mode& mode : modes()) {
      const auto plan = choose(module, mode, &statistics, {});
      REQUIRE(!plan.has_value());
      CHECK(describe(plan.error()) == row.says);
    }
    CHECK(describe(calibrated(module, {1}).error()) == row.says);
  }
  CHECK(check_weights(layer("1, 2, 3, 4", "0, 0")).has_value());
}

TEST_CASE("an activation that is not finite is named, with the sample that makes it so") {
  const auto module = ir::parse(
      "pestle-module 1 graph \"g\" { inputs (%0) outputs (%1) %0 \"x\" float32[1, 1, 1, 2] %1 \"y\" float32[1, 1, 1, "
      "2] "
      "%1 = EXP(%0) sources [\"exp\"] }");
  REQUIRE(module.has_value());
  CHECK(calibrated(*module, {1, -1}).has_value());
  const auto overflow = calibrated(*module, {1, 1000, 2});
  REQUIRE(!overflow.has_value());
  CHECK(describe(overflow.error()) == "sample 1: \"y\" holds NaN or infinity");
  CHECK(!overflow.error().hint.empty());
}

TEST_CASE("calibrating needs a sample") {
  const auto none = calibrated(layer("1, 1, 1, 1", "0, 0"), {});
  REQUIRE(!none.has_value());
  CHECK(none.error().code == ErrorCode::kInvalidArgument);
}

TEST_CASE("where a bias does not fit int32 the channel's weight scale is raised, and only that one") {
  const auto scales_with = [](const std::string& bias, const char* mode) {
    const ir::Module module = layer("1e-6, 1e-6, 1, 1", bias);
    const Statistics statistics = stand_in_statistics(module);
    const auto plan = choose(module, *find_mode(mode), &statistics, {});
    REQUIRE(plan.has_value());
    const Storage& stored = plan->graphs[0].nodes[0].operands.at(2);
    for (size_t c = 0; c < stored.scale.size() && stored.dtype == DType::kInt32; ++c)
      CHECK((c == 0 ? 1e6 : 0.0) / static_cast<double>(stored.scale[c]) < 2147483647.0);
    return plan->graphs[0].nodes[0].operands.at(1).scale;
  };
  const std::vector<float> raised = scales_with("1e6, 0", "int8");
  const std::vector<float> wide = scales_with("1e6, 0", "int16x8");
  CHECK(raised[0] > 100 * wide[0]);
  CHECK(raised[1] == wide[1]);
}

TEST_CASE("a channel of zeros still gets a usable scale") {
  const ir::Module module = layer("0, 0, 1, -1", "0, 0");
  const Statistics statistics = stand_in_statistics(module);
  const auto plan = choose(module, *find_mode("int8"), &statistics, {});
  REQUIRE(plan.has_value());
  for (int operand : {1, 2}) {
    for (float scale : plan->graphs[0].nodes[0].operands.at(operand).scale) CHECK(std::isnormal(scale));
  }
}
