// Operators that keep state: what becomes of their states, biases and the values inside.
#include <doctest/doctest.h>

#include "ir/verifier.h"
#include "ops/core/check.h"
#include "ops/core/registry.h"
#include "quant/apply.h"
#include "quant/choose.h"
#include "quant/plan_json.h"

using namespace pestle;
using namespace pestle::quant;

namespace {

// x [1,3,2] -> UNIDIRECTIONAL_SEQUENCE_LSTM of two cells -> y [1,3,2].
ir::Module one_lstm() {
  ir::Module module;
  ir::Graph& graph = module.graphs.emplace_back();
  const auto value = [&graph](const char* name, Shape shape, bool is_variable) {
    ir::Value v;
    v.name = name;
    v.type = {DType::kFloat32, std::move(shape), nullptr};
    v.is_variable = is_variable;
    return graph.add_value(std::move(v));
  };
  const std::vector<float> matrix = {1.0f, -0.5f, 0.25f, 0.75f}, vector = {0.1f, -0.2f};
  ir::Node node;
  node.op = "UNIDIRECTIONAL_SEQUENCE_LSTM";
  node.sources = {"layer"};
  node.attributes.set("fused_activation_function", std::string("TANH"));
  node.inputs.assign(20, ir::kNoValue);
  node.inputs[0] = value("x", {1, 3, 2}, false);
  for (int i = 1; i <= 8; ++i)
    node.inputs[i] = graph.add_constant("w", {DType::kFloat32, {2, 2}, std::as_bytes(std::span(matrix))});
  for (int i = 12; i <= 15; ++i)
    node.inputs[i] = graph.add_constant("b", {DType::kFloat32, {2}, std::as_bytes(std::span(vector))});
  node.inputs[18] = value("h", {1, 2}, true);
  node.inputs[19] = value("c", {1, 2}, true);
  node.outputs = {value("y", {1, 3, 2}, false)};
  graph.inputs = {node.inputs[0]};
  graph.outputs = node.outputs;
  graph.nodes.push_back(std::move(node));
  return module;
}

ir::Module quantized(const ir::Module& module, const char* mode, const ChoiceOptions& options = {}) {
  const Statistics statistics = stand_in_statistics(module);
  const auto plan = choose(module, *find_mode(mode), &statistics, options);
  REQUIRE_MESSAGE(plan.has_value(), describe(plan.error()));
  const auto again = plan_from_json(plan_to_json(*plan, module), module);
  REQUIRE_MESSAGE(again.has_value(), describe(again.error()));
  auto applied = apply(module, *again);
  REQUIRE_MESSAGE(applied.has_value(), describe(applied.error()));
  CHECK(ir::verify(applied->module).has_value());
  const Status fits = ops::check_graph(applied->module.graphs[0]);
  CHECK_MESSAGE(fits.has_value(), (fits ? std::string() : describe(fits.error())));
  return std::move(applied->module);
}

}  // namespace

TEST_CASE("an integer LSTM shares the parameters of its output with one state and counts the other in powers of two") {
  const ir::Module module = quantized(one_lstm(), "full-int8");
  const ir::Graph& graph = module.graphs[0];
  const ir::Node& node = graph.nodes[0];
  const auto type = [&graph](ir::ValueId id) { return graph.values[id].type; };
  CHECK(type(node.inputs[18]).dtype == DType::kInt8);
  CHECK(*type(node.inputs[18]).quantization == *type(node.outputs[0]).quantization);
  CHECK(type(node.inputs[19]).dtype == DType::kInt16);
  CHECK(type(node.inputs[19]).scale() == 1.0f / 32768);
  CHECK(graph.values[node.inputs[19]].is_variable);
  CHECK(type(node.inputs[13]).scale() == type(node.inputs[0]).scale() * type(node.inputs[2]).scale());
  REQUIRE(node.intermediates.size() == 5);
  CHECK(*type(node.intermediates[4]).quantization == *type(node.outputs[0]).quantization);
}

TEST_CASE("the weights of an LSTM are stored together or not at all") {
  ChoiceOptions options;
  options.min_elements = 0;
  const ir::Module small = quantized(one_lstm(), "dynamic", options);
  CHECK(small.graphs[0].values[small.graphs[0].nodes[0].inputs[5]].type.dtype == DType::kInt8);
  CHECK(*small.graphs[0].nodes[0].attributes.get<bool>("asymmetric_quantize_inputs"));
  const ir::Module large = quantized(one_lstm(), "dynamic");
  CHECK(large.graphs[0].values[large.graphs[0].nodes[0].inputs[5]].type.dtype == DType::kFloat32);
}

TEST_CASE("an LSTM whose activation its integer kernel lacks stays float") {
  ir::Module module = one_lstm();
  module.graphs[0].nodes[0].attributes.set("fused_activation_function", std::string("RELU"));
  const ir::Module kept = quantized(module, "int8");
  CHECK(kept.graphs[0].values[kept.graphs[0].nodes.back().inputs[18]].type.dtype == DType::kFloat32);
}

TEST_CASE("the scale of a state is the smallest power of two that holds its range") {
  CHECK(state_storage({-3.0f, 1.0f}, DType::kInt16, true).scale[0] == 4.0f / 32768);
  CHECK(state_storage({-4.0f, 1.0f}, DType::kInt16, true).scale[0] == 4.0f / 32768);
  CHECK(state_storage({0.0f, 0.1f}, DType::kInt16, true).scale[0] == 1.0f / 32768);
  CHECK(state_storage({0.0f, 1e6f}, DType::kInt16, true).scale[0] == 1.0f / 512);
}
