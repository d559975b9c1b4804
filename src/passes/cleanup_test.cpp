// remove_identities, remove_dead_nodes, fold_constants, fold_float16, canonicalize_*, form_*, add_bias.
#include <doctest/doctest.h>

#include "ops/core/builder.h"
#include "ops/core/registry.h"
#include "passes/core/graph_test_tools.h"
#include "passes/passes.h"

using namespace pestle;
using namespace pestle::passes;

TEST_CASE("nodes that change nothing go away") {
  TestGraph g;
  ir::ValueId x = g.add("RELU", {g.input("x", {2, 1, 4, 5})});
  x = g.add("RESHAPE", {x, g.ints({2, 1, 4, 5})});
  x = g.transpose(x, {0, 1, 2, 3});
  x = g.add("MUL", {x, g.filled({}, 1)});
  x = g.add("ADD", {g.filled({5}, 0), x});
  x = g.add("PAD", {x, g.int_matrix({4, 2}, {0, 0, 0, 0, 0, 0, 0, 0})});
  g.output(x, "y");
  CHECK(op_list(run_and_compare(g.module, remove_identities, 0).module) == "RELU");
}

TEST_CASE("arithmetic that broadcasts its operand or has an activation is no identity") {
  TestGraph g;
  const ir::ValueId x = g.input("x", {1, 5});
  g.output(g.add("ADD", {x, g.filled({3, 5}, 0)}), "y");
  g.output(g.add("MUL", {x, g.filled({}, 1)}, {{"fused_activation_function", std::string("RELU")}}), "z");
  CHECK(op_list(run_and_compare(g.module, remove_identities, 0).module) == "ADD MUL");
}

TEST_CASE("a graph output cannot become a graph input") {
  TestGraph g;
  g.output(g.add("RESHAPE", {g.input("x", {2, 5}), g.ints({2, 5})}), "y");
  CHECK(op_list(run_and_compare(g.module, remove_identities, 0).module) == "RESHAPE");
}

TEST_CASE("nodes that nobody reads go away with their values") {
  TestGraph g;
  const ir::ValueId x = g.input("x", {2, 5});
  g.add("MUL", {g.add("RELU", {x}), g.constant({5})});
  g.output(g.add("RELU6", {x}), "y");
  const auto after = run_and_compare(g.module, remove_dead_nodes, 0);
  CHECK(op_list(after.module) == "RELU6");
  CHECK(after.module.graphs[0].values.size() == 2);
}

TEST_CASE("what is made of shapes alone is folded, unless it is a result") {
  TestGraph g;
  const ir::ValueId x = g.input("x", {2, 5});
  const auto shape = [&] {
    ops::NodeSpec spec;
    spec.def = ops::find("SHAPE");
    spec.inputs = {x};
    spec.properties.attributes.set("out_type", std::string("INT32"));
    spec.names = {"shape"};
    spec.sources = {"shape"};
    spec.folds = false;
    const auto made = ops::Builder(g.module.graphs[0]).add(std::move(spec));
    REQUIRE(made);
    return (*made)[0];
  };
  g.output(g.add("SLICE", {shape(), g.ints({0}), g.ints({1})}), "rows");
  g.output(g.add("RESHAPE", {g.add("RELU", {x}), shape()}), "y");
  CHECK(op_list(run_and_compare(g.module, fold_constants, 0).module) == "SHAPE SLICE RELU RESHAPE");
}

TEST_CASE("SQUEEZE and chains of RESHAPEs become one RESHAPE") {
  TestGraph g;
  ir::ValueId x = g.add("RELU", {g.input("x", {2, 1, 6})});
  x = g.add("SQUEEZE", {x}, {{"squeeze_dims", std::vector<int64_t>{1}}});
  x = g.add("RESHAPE", {x, g.ints({3, 4})});
  g.output(g.add("RESHAPE", {x, g.ints({4, -1})}), "y");
  ir::Module module = run_and_compare(g.module, canonicalize_reshapes, 0).module;
  CHECK(op_list(run_and_compare(module, remove_dead_nodes, 0).module) == "RELU RESHAPE");
}

TEST_CASE("a pool over the whole image becomes MEAN and takes over the RESHAPE behind it") {
  TestGraph g;
  const ir::ValueId x = g.add("AVERAGE_POOL_2D", {g.input("x", {2, 4, 3, 5})},
                              {{"filter_height", int64_t{4}},
                               {"filter_width", int64_t{3}},
                               {"stride_h", int64_t{4}},
                               {"stride_w", int64_t{3}},
                               {"padding", std::string("VALID")}});
  g.output(g.add("RESHAPE", {x, g.ints({2, 5})}), "y");
  CHECK(op_list(run_and_compare(g.module, canonicalize_reductions).module) == "MEAN");
}

TEST_CASE("bounds by constants become activations") {
  TestGraph g;
  const ir::ValueId x = g.input("x", {2, 5});
  g.output(g.add("MINIMUM", {g.add("MAXIMUM", {x, g.filled({}, 0)}), g.filled({}, 6)}), "relu6");
  g.output(g.add("MAXIMUM", {g.filled({}, -1), g.add("MINIMUM", {x, g.filled({}, 1)})}), "n1to1");
  g.output(g.add("MINIMUM", {g.add("RELU", {x}), g.filled({1}, 1)}), "0to1");
  g.output(g.add("MAXIMUM", {x, g.filled({5}, 0)}), "relu");
  g.output(g.add("MAXIMUM", {x, g.filled({}, 2)}), "other");
  CHECK(op_list(run_and_compare(g.module, form_activations, 0).module) ==
        "RELU6 RELU_N1_TO_1 RELU_0_TO_1 RELU MAXIMUM");
}

TEST_CASE("a convolution with a group a channel becomes DEPTHWISE_CONV_2D and gets a bias") {
  TestGraph g;
  g.output(g.add("CONV_2D", {g.input("x", {2, 5, 6, 3}), g.constant({6, 2, 3, 1})},
                 {{"stride_h", int64_t{1}}, {"stride_w", int64_t{2}}}),
           "y");
  const auto depthwise = run_and_compare(g.module, form_depthwise, 0);
  CHECK(op_list(depthwise.module) == "DEPTHWISE_CONV_2D");
  CHECK(run_and_compare(depthwise.module, add_bias, 0).module.graphs[0].nodes[0].inputs.size() == 3);
}

TEST_CASE("a shuffle of channels becomes GATHER in the source's layout") {
  TestGraph g;
  ir::ValueId x = g.add("RELU", {g.input("x", {1, 6, 4, 5})});
  x = g.add("RESHAPE", {x, g.ints({1, 2, 3, 4, 5})});
  x = g.transpose(x, {0, 2, 1, 3, 4});
  g.output(g.add("RESHAPE", {x, g.ints({1, 6, 4, 5})}), "y");
  ir::Module module = run_and_compare(g.module, form_gather, 0).module;
  CHECK(op_list(run_and_compare(module, remove_dead_nodes, 0).module) == "RELU GATHER");
}

TEST_CASE("a TRANSPOSE between RESHAPEs that moves elements to another axis is no shuffle") {
  TestGraph g;
  ir::ValueId x = g.add("RELU", {g.input("x", {2, 6, 2})});
  x = g.add("RESHAPE", {x, g.ints({2, 2, 3, 2})});
  x = g.transpose(x, {0, 1, 3, 2});
  g.output(g.add("RESHAPE", {x, g.ints({2, 6, 2})}), "y");
  CHECK(op_list(run_and_compare(g.module, form_gather, 0).module) == "RELU RESHAPE TRANSPOSE RESHAPE");
}

TEST_CASE("one index of an axis that is put back is a SLICE") {
  TestGraph g;
  const ir::ValueId x = g.input("x", {2, 3, 4});
  const ir::ValueId plane = g.add("GATHER", {x, g.int_matrix({}, {2})}, {{"axis", int64_t{1}}});
  g.output(g.add("RESHAPE", {plane, g.ints({2, 1, 4})}), "y");
  ir::Module module = run_and_compare(g.module, form_slices, 0).module;
  CHECK(op_list(run_and_compare(module, remove_dead_nodes, 0).module) == "SLICE");
}

TEST_CASE("divisions by constants and by roots are multiplications") {
  TestGraph g;
  const ir::ValueId x = g.input("x", {2, 3});
  const ir::ValueId root = g.add("SQRT", {g.add("ABS", {x})});
  g.output(g.add("DIV", {g.add("DIV", {x, g.filled({3}, 4)}), root}), "y");
  ir::Module module = run_and_compare(g.module, form_products, 1e-6).module;
  CHECK(op_list(run_and_compare(module, remove_dead_nodes, 0).module) == "ABS MUL RSQRT MUL");
}
