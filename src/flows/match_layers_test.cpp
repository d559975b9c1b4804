#include "flows/match_layers.h"

#include <doctest/doctest.h>

namespace pestle::flows {
namespace {

ir::ValueId add_value(ir::Graph& graph, const char* name, Shape shape = {4}) {
  ir::Value value;
  value.name = name;
  value.type = {DType::kFloat32, std::move(shape), nullptr};
  return graph.add_value(std::move(value));
}

ir::ValueId add_node(ir::Graph& graph, const char* op, ir::ValueId input, const char* output, const char* source) {
  ir::Node node;
  node.op = op;
  node.inputs = {input};
  node.outputs = {add_value(graph, output)};
  node.sources = {source};
  graph.nodes.push_back(node);
  return node.outputs[0];
}

TEST_CASE("the suffix of a stored form is no part of a layer's name") {
  CHECK(layer_name("x_int8") == "x");
  CHECK(layer_name("x_int16_2") == "x");
  CHECK(layer_name("x_uint8") == "x");
  CHECK(layer_name("conv_2") == "conv_2");
  CHECK(layer_name("") == "");
}

TEST_CASE("layers are matched by name through conversions, then by source") {
  ir::Graph a, b;
  const ir::ValueId a_relu = add_node(a, "RELU", add_value(a, "in"), "relu", "r");
  const ir::ValueId a_exp = add_node(a, "EXP", a_relu, "", "e");
  add_node(a, "TANH", a_exp, "out", "t");
  const ir::ValueId b_in = add_node(b, "QUANTIZE", add_value(b, "in"), "in_int8", "in");
  const ir::ValueId b_relu = add_node(b, "RELU", b_in, "relu", "r");
  const ir::ValueId b_exp = add_node(b, "EXP", b_relu, "", "e");
  const ir::ValueId b_tanh = add_node(b, "TANH", b_exp, "out_int8", "t");
  add_node(b, "DEQUANTIZE", b_tanh, "out", "t");
  const std::vector<LayerPair> pairs = match_layers(a, b);
  REQUIRE(pairs.size() == 3);
  CHECK(pairs[0].b == b_relu);
  CHECK(pairs[1].a == a_exp);
  CHECK(pairs[1].b == b_exp);
  CHECK(pairs[2].node_a == 2);
  CHECK(pairs[2].node_b == 3);
}

TEST_CASE("layers of different shapes or ambiguous names are not matched") {
  ir::Graph a, b;
  add_node(a, "RELU", add_value(a, "in"), "x", "first");
  add_node(a, "RELU", 0, "y", "second");
  add_node(b, "RELU", add_value(b, "in"), "x", "third");
  b.values.back().type.shape = {2, 2};
  add_node(b, "RELU", 0, "y", "fourth");
  add_node(b, "RELU", 0, "y", "fifth");
  CHECK(match_layers(a, b).empty());
}

}  // namespace
}  // namespace pestle::flows
