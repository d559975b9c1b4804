#include "ir/label.h"

#include <doctest/doctest.h>

using namespace pestle;

TEST_CASE("a node goes by its operator and its source, its output or its place") {
  ir::Graph graph;
  graph.values.resize(2);
  graph.values[0].name = "y";
  graph.nodes.resize(3);
  for (ir::Node& node : graph.nodes) node.op = "RELU";
  graph.nodes[0].sources = {"act", "bn"};
  graph.nodes[0].outputs = {0};
  graph.nodes[1].outputs = {ir::kNoValue, 0};
  graph.nodes[2].outputs = {7, 1};
  CHECK(ir::label(graph, graph.nodes[0]) == "RELU 'act'");
  CHECK(ir::label(graph, graph.nodes[1]) == "RELU 'y'");
  CHECK(ir::label(graph, graph.nodes[2]) == "RELU 'operator 2'");
  CHECK(ir::label(ir::Graph(), graph.nodes[2]) == "RELU");
}
