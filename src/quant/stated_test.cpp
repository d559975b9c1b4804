#include "quant/stated.h"

#include <doctest/doctest.h>

#include "ir/text.h"
#include "ir/verifier.h"
#include "ops/core/builder.h"
#include "ops/core/registry.h"
#include "quant/apply.h"

using namespace pestle;
using namespace pestle::quant;

namespace {

std::shared_ptr<const ir::Quantization> scaled(std::vector<float> scale, std::vector<int64_t> zero) {
  auto quantization = std::make_shared<ir::Quantization>();
  quantization->scale = std::move(scale);
  quantization->zero_point = std::move(zero);
  return quantization;
}

// x -> QUANTIZE -> DEQUANTIZE -> FULLY_CONNECTED -> QUANTIZE -> DEQUANTIZE -> y, weights on a grid.
class Sandwich {
 public:
  Sandwich() : builder_(graph_) {
    x_ = real("x", {1, 2});
    graph_.inputs = {x_};
  }

  ir::ValueId real(const char* name, Shape shape) {
    ir::Value value;
    value.name = name;
    value.type = {DType::kFloat32, std::move(shape), nullptr};
    return graph_.add_value(std::move(value));
  }
  ir::ValueId node(const char* op, std::vector<ir::ValueId> inputs, const char* name,
                   std::vector<ir::Type> types = {}) {
    ops::NodeSpec spec;
    spec.def = ops::find(op);
    spec.inputs = std::move(inputs);
    spec.names = {name};
    spec.sources = {name};
    spec.output_types = std::move(types);
    const auto outputs = builder_.add(std::move(spec));
    REQUIRE_MESSAGE(outputs.has_value(), describe(outputs.error()));
    return (*outputs)[0];
  }
  ir::ValueId rounded(ir::ValueId value, DType dtype, float scale, int64_t zero, const char* name) {
    const ir::ValueId codes = node("QUANTIZE", {value}, name, {{dtype, {}, scaled({scale}, {zero})}});
    return node("DEQUANTIZE", {codes}, name);
  }

  ir::Module layer(std::vector<float> weights, std::vector<float> scales, std::vector<int64_t> zeros) {
    const ir::ValueId w =
        graph_.add_constant("w", {DType::kFloat32, {2, 2}, std::as_bytes(std::span<const float>(weights))});
    graph_.values[w].grid = scaled(std::move(scales), std::move(zeros));
    const ir::ValueId in = rounded(x_, DType::kUInt8, 0.5f, 100, "in");
    const ir::ValueId y = node("FULLY_CONNECTED", {in, w, ir::kNoValue}, "layer");
    graph_.outputs = {rounded(y, DType::kUInt8, 0.25f, 128, "out")};
    ir::Module module;
    module.graphs.push_back(graph_);
    return module;
  }

 private:
  ir::Graph graph_;
  ops::Builder builder_;
  ir::ValueId x_ = ir::kNoValue;
};

const ir::Node& layer_of(const ir::Module& module) {
  for (const ir::Node& node : module.graphs[0].nodes) {
    if (node.is("FULLY_CONNECTED")) return node;
  }
  FAIL("there is no layer");
  return module.graphs[0].nodes[0];
}

}  // namespace

TEST_CASE("a graph that states its scales becomes integer with exactly these") {
  const ir::Module module = Sandwich().layer({0.5f, -64.0f, 1.0f, 0.25f}, {0.5f, 0.25f}, {0, 0});
  const auto stated = take_stated(module);
  REQUIRE(stated.has_value());
  REQUIRE(stated->has_value());
  const auto applied = apply((*stated)->module, (*stated)->plan);
  REQUIRE_MESSAGE(applied.has_value(), describe(applied.error()));
  REQUIRE(ir::verify(applied->module));
  const ir::Graph& graph = applied->module.graphs[0];
  const ir::Node& layer = layer_of(applied->module);
  const ir::Type& in = graph.values[layer.inputs[0]].type;
  CHECK(in.dtype == DType::kInt8);
  CHECK(in.scale() == 0.5f);
  CHECK(in.zero_point() == -28);
  CHECK(graph.values[layer.outputs[0]].type.scale() == 0.25f);
  // The lowest code, -128, is kept.
  const auto view = graph.constant(layer.inputs[1]).values<int8_t>();
  CHECK(std::vector<int>(view.begin(), view.end()) == std::vector<int>{1, -128, 4, 1});
}

TEST_CASE("weights that are not symmetric make a graph of uint8") {
  const ir::Module module = Sandwich().layer({0.5f, -1.0f, 1.0f, 0.0f}, {0.5f}, {10});
  const auto stated = take_stated(module);
  REQUIRE(stated.has_value());
  REQUIRE(stated->has_value());
  const auto applied = apply((*stated)->module, (*stated)->plan);
  REQUIRE_MESSAGE(applied.has_value(), describe(applied.error()));
  const ir::Graph& graph = applied->module.graphs[0];
  const ir::Node& layer = layer_of(applied->module);
  CHECK(graph.values[layer.inputs[0]].type.zero_point() == 100);
  CHECK(graph.values[layer.inputs[1]].type.zero_point() == 138);
  const auto view = graph.constant(layer.inputs[1]).values<uint8_t>();
  CHECK(std::vector<int>(view.begin(), view.end()) == std::vector<int>{139, 136, 140, 138});
}

TEST_CASE("a layer whose weights lie on no grid stays float and says why") {
  const ir::Module module = Sandwich().layer({0.3f, -1.0f, 1.0f, 0.0f}, {0.5f}, {0});
  const auto stated = take_stated(module);
  REQUIRE(stated.has_value());
  REQUIRE(stated->has_value());
  const auto& plan = (*stated)->plan.graphs[0].nodes[0];
  CHECK(plan.treatment == Treatment::kFloat);
  CHECK(plan.reason == "its input 1 has no scale in the source");
}

TEST_CASE("a graph that states nothing has no plan of its own") {
  ir::Module module;
  module.graphs.emplace_back();
  const auto stated = take_stated(module);
  REQUIRE(stated.has_value());
  CHECK_FALSE(stated->has_value());
}
