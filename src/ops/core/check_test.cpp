#include "ops/core/check.h"

#include <doctest/doctest.h>

#include "ops/core/registry.h"

using namespace pestle;

namespace {

void add_value(ir::Graph& graph, const char* name, const ir::Type& type) {
  ir::Value value;
  value.name = name;
  value.type = type;
  graph.add_value(std::move(value));
}

void add_node(ir::Graph& graph, const char* op, const char* source) {
  ir::Node node;
  node.op = op;
  node.inputs = graph.inputs;
  node.outputs = graph.outputs;
  node.sources = {source};
  graph.nodes.push_back(std::move(node));
}

// y = RELU(x) of int8 codes.
ir::Graph quantized_relu() {
  ir::Graph graph;
  const ir::Type codes{DType::kInt8, {2, 3}, ir::per_tensor(0.5f, 3)};
  add_value(graph, "x", codes);
  add_value(graph, "y", codes);
  graph.inputs = {0};
  graph.outputs = {1};
  add_node(graph, "RELU", "act");
  return graph;
}

std::string complaint(const ir::Graph& graph) {
  const Status status = ops::check_graph(graph);
  return status ? "" : describe(status.error());
}

}  // namespace

TEST_CASE("a graph is checked with its scales, and the error names the node") {
  ir::Graph graph = quantized_relu();
  CHECK(complaint(graph).empty());
  graph.values[0].type.quantization = ir::per_tensor(0.5f, 300);
  CHECK(complaint(graph) == "RELU 'act': input 0 \"x\": has the zero point 300 outside its type");
}

TEST_CASE("a node without a needed output is an error") {
  ir::Graph graph = quantized_relu();
  graph.nodes[0].outputs = {ir::kNoValue};
  CHECK(complaint(graph) == "RELU 'act': RELU lacks its output 0 (y)");
  CHECK(ops::match_types(*ops::find("RELU"), {graph, graph.nodes[0]}) != nullptr);
  CHECK(ops::check_quantization(*ops::find("RELU"), {graph, graph.nodes[0]}).has_value());
  graph.nodes[0].outputs = {};
  CHECK(complaint(graph) == "RELU 'act': RELU has 0 outputs, expected 1");
}

TEST_CASE("nodes of unknown operators pass") {
  ir::Graph graph = quantized_relu();
  graph.nodes[0].is_custom = true;
  graph.nodes[0].outputs = {ir::kNoValue};
  CHECK(complaint(graph).empty());
}

TEST_CASE("int16 codes with another zero point than 0 are refused where TFLite's kernel refuses them") {
  const auto product = [](const char* op, int64_t zero_a, int64_t zero_y) {
    ir::Graph graph;
    add_value(graph, "a", {DType::kInt16, {2}, ir::per_tensor(0.5f, zero_a)});
    add_value(graph, "b", {DType::kInt16, {2}, ir::per_tensor(0.5f, 0)});
    add_value(graph, "y", {DType::kInt16, {2}, ir::per_tensor(0.5f, zero_y)});
    graph.inputs = {0, 1};
    graph.outputs = {2};
    add_node(graph, op, "n");
    if (std::string(op) == "ADD") graph.nodes[0].attributes.set("pot_scale_int16", false);
    return complaint(graph);
  };
  for (const char* op : {"MUL", "ADD"}) {
    CHECK(product(op, 0, 0).empty());
    CHECK(product(op, 5, 0).find("input 0 \"a\": has the zero point 5") != std::string::npos);
    CHECK(product(op, 0, 5).find("output 0: has the zero point 5") != std::string::npos);
  }
  CHECK(product("DIV", 5, 5).empty());
}
