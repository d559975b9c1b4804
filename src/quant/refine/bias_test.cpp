#include "quant/refine/bias.h"

#include <doctest/doctest.h>

#include "quant/apply.h"
#include "quant/choose.h"

namespace pestle::quant {
namespace {

// One sample [1, 4] of ones.
class Ones final : public SampleSet {
 public:
  size_t size() const override { return 1; }
  Status for_each(std::span<const size_t> positions, const Body& body) const override {
    const std::vector<float> ones(4, 1.0f);
    const std::vector<Tensor> inputs = {Tensor::of<float>({1, 4}, ones)};
    for (size_t position : positions) PESTLE_TRY(body(position, inputs));
    return {};
  }
};

// x [1,4] -> FULLY_CONNECTED "layer" with weights whose roundings all go one way -> y [1,1].
ir::Module dense() {
  ir::Module module;
  ir::Graph graph;
  graph.name = "main";
  ir::Value x, y;
  x.name = "x";
  x.type = {DType::kFloat32, {1, 4}, nullptr};
  y.name = "y";
  y.type = {DType::kFloat32, {1, 1}, nullptr};
  const std::vector<float> weights = {1.27f, 0.0145f, 0.0145f, 0.0145f}, bias = {0.5f};
  graph.inputs = {graph.add_value(x)};
  const ir::ValueId w = graph.add_constant("w", Tensor::of<float>({1, 4}, weights).view());
  const ir::ValueId b = graph.add_constant("b", Tensor::of<float>({1}, bias).view());
  graph.outputs = {graph.add_value(y)};
  ir::Node node;
  node.op = "FULLY_CONNECTED";
  node.inputs = {graph.inputs[0], w, b};
  node.outputs = {graph.outputs[0]};
  node.sources = {"layer"};
  graph.nodes.push_back(node);
  module.graphs.push_back(std::move(graph));
  return module;
}

TEST_CASE("biases take up what rounding the weights does to the mean, also where activations stay float") {
  const ir::Module module = dense();
  ThreadPool pool(1);
  for (const char* mode : {"weight-only", "dynamic"}) {
    CAPTURE(mode);
    ChoiceOptions options;
    options.min_elements = 0;
    const auto plan = choose(module, *find_mode(mode), nullptr, options);
    REQUIRE(plan.has_value());
    const std::vector<size_t> nodes = correctable_nodes(module, *plan);
    REQUIRE(nodes.size() == 1);
    const std::vector<std::vector<float>> averages = {{1, 1, 1, 1}};
    const auto correction = correct_biases({module, *plan, nodes, averages, 1}, Ones(), pool, no_progress());
    REQUIRE_MESSAGE(correction.has_value(), describe(correction.error()));
    // Each 0.0145 is stored as one step of 0.01.
    CHECK(correction->deltas[0][0] == doctest::Approx(3 * 0.0045).epsilon(0.01));
    const ir::Module corrected = with_biases(module, *correction);
    CHECK(corrected.graphs[0].constant(2).values<float>()[0] == doctest::Approx(0.5135).epsilon(0.001));
  }
}

TEST_CASE("weights that are not rounded leave nothing to correct") {
  const ir::Module module = dense();
  for (const char* mode : {"float32", "float16", "dynamic"}) {
    const auto plan = choose(module, *find_mode(mode), nullptr, {});  // dynamic: too small to be stored
    REQUIRE(plan.has_value());
    CHECK(correctable_nodes(module, *plan).empty());
  }
}

}  // namespace
}  // namespace pestle::quant
