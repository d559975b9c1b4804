#include <doctest/doctest.h>

#include "passes/core/graph_test_tools.h"
#include "passes/passes.h"

using namespace pestle;
using namespace pestle::passes;

namespace {

ir::ValueId conv(TestGraph& g, ir::ValueId x, int64_t channels) {
  return g.add("CONV_2D", {x, g.constant({channels, 2, 3, g.graph().values[x].type.shape[3]})},
               {{"stride_h", int64_t{1}}, {"stride_w", int64_t{1}}});
}

}  // namespace

TEST_CASE("an activation goes into the convolution before and leaves it its name and source") {
  for (const char* activation : {"RELU", "RELU6", "RELU_N1_TO_1"}) {
    TestGraph g;
    g.output(g.add(activation, {conv(g, g.input("x", {1, 5, 6, 3}), 4)}), "y");
    const auto after = run_and_compare(g.module, fuse_activation, 0);
    REQUIRE(op_list(after.module) == "CONV_2D");
    CHECK(after.module.graphs[0].nodes[0].sources ==
          std::vector<std::string>{"CONV_2D_0", std::string(activation) + "_1"});
  }
}

TEST_CASE("a result that somebody else reads gets no activation") {
  TestGraph g;
  const ir::ValueId y = conv(g, g.input("x", {1, 5, 6, 3}), 4);
  g.output(g.add("RELU", {y}), "y");
  g.output(y, "z");
  CHECK(op_list(run_and_compare(g.module, fuse_activation, 0).module) == "CONV_2D RELU");
}

TEST_CASE("CONCATENATION takes no activation, nor does a node that has one") {
  TestGraph g;
  const ir::ValueId x = g.input("x", {1, 5, 6, 3});
  const ir::ValueId both = g.add("CONCATENATION", {x, x}, {{"axis", int64_t{3}}});
  g.output(g.add("RELU6", {g.add("RELU", {g.add("ADD", {g.add("RELU", {both}), both})})}), "y");
  CHECK(op_list(run_and_compare(g.module, fuse_activation, 0).module) == "CONCATENATION RELU ADD RELU6");
}

TEST_CASE("a custom operator named as an activation is not fused") {
  TestGraph g;
  g.output(g.add("RELU", {conv(g, g.input("x", {1, 5, 6, 3}), 4)}), "y");
  g.graph().nodes[1].is_custom = true;
  PassContext context;
  REQUIRE(fuse_activation(g.module, context).has_value());
  CHECK(op_list(g.module) == "CONV_2D RELU");
}
