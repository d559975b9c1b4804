#include "flows/class_scores.h"

#include <doctest/doctest.h>

namespace pestle::flows {
namespace {

ir::Graph graph_of(std::initializer_list<Shape> shapes, DType dtype = DType::kFloat32) {
  ir::Graph graph;
  for (const Shape& shape : shapes) {
    graph.outputs.push_back(static_cast<ir::ValueId>(graph.values.size()));
    graph.values.emplace_back().type = {dtype, shape, nullptr};
  }
  return graph;
}

TEST_CASE("class scores are one row of real numbers") {
  CHECK(is_class_scores(graph_of({{1, 10}}), 0));
  CHECK(is_class_scores(graph_of({{1, 1000, 1, 1}}), 0));
  CHECK_FALSE(is_class_scores(graph_of({{1, 1}}), 0));
  CHECK_FALSE(is_class_scores(graph_of({{2, 10}}), 0));
  CHECK_FALSE(is_class_scores(graph_of({{1, 1917, 91}}), 0));
  CHECK_FALSE(is_class_scores(graph_of({{1, 10}}, DType::kInt32), 0));
}

TEST_CASE("of several outputs the first row counts, and none of a detector's") {
  ir::Graph graph = graph_of({{1, 4, 4, 3}, {1, 10}, {1, 5}});
  CHECK(first_class_scores(graph) == 1);
  graph.nodes.emplace_back().op = "TFLite_Detection_PostProcess";
  CHECK_FALSE(first_class_scores(graph));
}

}  // namespace
}  // namespace pestle::flows
