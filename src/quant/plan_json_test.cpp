#include "quant/plan_json.h"

#include <doctest/doctest.h>

#include "ir/fingerprint.h"

using namespace pestle;

namespace {

// y = relu(x + w)
ir::Module module_of() {
  ir::Graph graph;
  const std::vector<float> weights = {1, -2};
  for (const char* name : {"x", "w", "sum", "y"}) {
    ir::Value value;
    value.name = name;
    value.type = {DType::kFloat32, {2}, nullptr};
    graph.add_value(std::move(value));
  }
  graph.values[1].data = std::make_shared<const Bytes>(Bytes::copy_of(std::as_bytes(std::span(weights))));
  ir::Node add, relu;
  add.op = "ADD";
  add.inputs = {0, 1};
  add.outputs = {2};
  add.sources = {"add"};
  relu.op = "RELU";
  relu.inputs = {2};
  relu.outputs = {3};
  relu.sources = {"relu"};
  graph.nodes = {add, relu};
  graph.inputs = {0};
  graph.outputs = {3};
  ir::Module module;
  module.graphs.push_back(std::move(graph));
  return module;
}

// Why the plan with these nodes is refused; empty if it is read.
std::string reason(Json::Array nodes) {
  const ir::Module module = module_of();
  Json real = Json::object(), graph = Json::object(), plan = Json::object();
  real.set("dtype", "float32");
  graph.set("inputs", Json::Array{real});
  graph.set("outputs", Json::Array{real});
  graph.set("nodes", std::move(nodes));
  plan.set("pestle_plan", 1);
  plan.set("mode", "int8");
  plan.set("fingerprint", ir::structure_fingerprint(module));
  plan.set("graphs", Json::Array{graph});
  const auto read = quant::plan_from_json(plan, module);
  return read ? std::string() : describe(read.error());
}

// The ADD with one operand stored otherwise. No scales: none are given; the same of zero points.
struct Operand {
  const char* dtype;
  Json::Array scale = {};
  Json::Array zero_point = {};
  const char* treatment = "float";
  int input = 1;
};

Json add_with(const Operand& operand) {
  Json storage = Json::object(), node = Json::object();
  storage.set("input", operand.input);
  storage.set("dtype", operand.dtype);
  if (!operand.scale.empty()) storage.set("scale", operand.scale);
  if (!operand.zero_point.empty()) storage.set("zero_point", operand.zero_point);
  node.set("node", 0);
  node.set("operator", "ADD");
  node.set("treatment", operand.treatment);
  node.set("operands", Json::Array{storage});
  return node;
}

}  // namespace

TEST_CASE("a plan whose numbers cannot be applied is refused") {
  struct Row {
    Json::Array nodes;
    const char* reason;
  };
  const Row rows[] = {
      {{add_with({"int8", {0.5}})}, ""},
      {{add_with({"int8", {0.5, 0.25}})}, ""},
      {{add_with({"int8", {0.5}, {}, "integer", 0})}, ""},
      {{add_with({"int8", {0.5, 0.25, 0.125}})}, "3 scales do not fit the shape 2"},
      {{add_with({"int8"})}, "int8 needs a scale"},
      {{add_with({"float16", {0.5}})}, "float16 takes no scale"},
      {{add_with({"bfloat16"})}, "is no type that numbers are stored in"},
      {{add_with({"int2", {0.5}})}, "is no type that numbers are stored in"},
      {{add_with({"int8", {1e-60}})}, "must be a positive number"},
      {{add_with({"int8", {1e300}})}, "must be a positive number"},
      {{add_with({"int8", {0.5}, {128}})}, "the zero point 128 lies outside -128 to 127 of int8"},
      {{add_with({"int16", {0.5}, {1}})}, "lies outside 0 to 0 of int16"},
      {{add_with({"int8", {0.5}, {}, "float", 0})}, "only constants can be stored apart"},
      {{add_with({"int8", {0.5}}), add_with({"int8", {0.5}})}, "node 0 is listed twice"},
  };
  for (const Row& row : rows) {
    const std::string why = reason(row.nodes);
    CHECK_MESSAGE(why.empty() == (*row.reason == '\0'), row.reason, " against ", why);
    CHECK_MESSAGE(why.find(row.reason) != std::string::npos, row.reason, " against ", why);
  }
}
