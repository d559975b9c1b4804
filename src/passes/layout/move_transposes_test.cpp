#include <doctest/doctest.h>

#include <ctime>

#include "passes/core/graph_test_tools.h"
#include "passes/passes.h"

using namespace pestle;
using namespace pestle::passes;

namespace {

const std::vector<int32_t> kLast = {0, 2, 3, 1};
const std::vector<int32_t> kFirst = {0, 3, 1, 2};

// As importers write a convolution of a channels-first value.
ir::ValueId wrapped_conv(TestGraph& g, ir::ValueId x, int64_t channels) {
  const ir::ValueId last = g.transpose(x, kLast);
  const ir::ValueId filter = g.constant({channels, 3, 2, g.graph().values[last].type.shape[3]});
  const ir::ValueId y = g.add("CONV_2D", {last, filter, g.constant({channels})},
                              {{"stride_h", int64_t{1}}, {"stride_w", int64_t{1}}, {"padding", std::string("VALID")}});
  return g.transpose(y, kFirst);
}

Checked moved(const TestGraph& g) { return run_and_compare(g.module, move_transposes); }

}  // namespace

TEST_CASE("TRANSPOSEs between convolutions cancel, the input becomes NHWC, the output keeps its order") {
  TestGraph g;
  ir::ValueId x = wrapped_conv(g, g.input("image", {2, 3, 9, 11}), 5);
  x = wrapped_conv(g, g.add("RELU", {x}), 4);
  g.output(x, "y");
  const auto after = moved(g);
  CHECK(op_list(after.module) == "CONV_2D RELU CONV_2D TRANSPOSE");
  REQUIRE(after.report.relaid_inputs.size() == 1);
  CHECK(after.report.relaid_inputs[0].input == "image");
  CHECK(after.report.relaid_inputs[0].permutation == ops::Permutation{0, 2, 3, 1});
  REQUIRE(after.report.transposes.size() == 1);
  CHECK(after.report.transposes[0].blocker == "graph output");
  CHECK(after.report.transposes[0].elements == 2 * 4 * 5 * 9);
}

TEST_CASE("keep_input_layout leaves one TRANSPOSE at the door") {
  TestGraph g;
  g.output(g.add("MEAN", {wrapped_conv(g, g.input("image", {2, 3, 9, 11}), 5), g.ints({2, 3})}), "y");
  PassOptions options;
  options.keep_input_layout = true;
  const auto after = run_pipeline_and_compare(g.module, options);
  CHECK(op_list(after.module) == "TRANSPOSE CONV_2D MEAN");
  CHECK(after.report.relaid_inputs.empty());
}

TEST_CASE("broadcast constants of every rank are padded left and permuted") {
  for (const Shape& shape : {Shape{}, Shape{7}, Shape{5, 1, 1}, Shape{1, 5, 1, 1}, Shape{4, 7}, Shape{5, 1, 7}}) {
    TestGraph g;
    const ir::ValueId x = g.add("MUL", {g.constant(shape), wrapped_conv(g, g.input("image", {2, 3, 6, 8}), 5)});
    g.output(wrapped_conv(g, x, 3), "y");
    CHECK(count_ops(moved(g).module, "TRANSPOSE") == 1);
  }
}

TEST_CASE("a value of lower rank is reshaped in the source's order before it is broadcast") {
  TestGraph g;
  const ir::ValueId x = wrapped_conv(g, g.input("image", {2, 3, 6, 8}), 5);
  const ir::ValueId row = g.input("row", {7});
  g.output(wrapped_conv(g, g.add("ADD", {row, x}), 3), "y");
  CHECK(count_ops(moved(g).module, "TRANSPOSE") == 1);
}

TEST_CASE("two branches that meet in CONCATENATION stay channels last") {
  TestGraph g;
  const ir::ValueId x = g.input("image", {2, 3, 9, 11});
  const ir::ValueId both =
      g.add("CONCATENATION", {wrapped_conv(g, x, 5), wrapped_conv(g, x, 4)}, {{"axis", int64_t{1}}});
  g.output(g.add("MEAN", {wrapped_conv(g, both, 6), g.ints({2, 3})}), "y");
  CHECK(op_list(moved(g).module) == "CONV_2D CONV_2D CONCATENATION CONV_2D MEAN");
}

TEST_CASE("flattening before FULLY_CONNECTED permutes the columns of the weights") {
  TestGraph g;
  const ir::ValueId x = g.add("RELU", {wrapped_conv(g, g.input("image", {2, 3, 6, 8}), 5)});
  const ir::ValueId flat = g.add("RESHAPE", {x, g.ints({2, 5 * 4 * 7})});
  g.output(g.add("FULLY_CONNECTED", {g.add("RELU", {flat}), g.constant({3, 5 * 4 * 7}), g.constant({3})}), "y");
  CHECK(count_ops(moved(g).module, "TRANSPOSE") == 0);
}

TEST_CASE("flattening for anything else is put back in order") {
  TestGraph g;
  const ir::ValueId x = wrapped_conv(g, g.input("image", {2, 3, 6, 8}), 5);
  g.output(g.add("RESHAPE", {x, g.ints({2, 5 * 4 * 7})}), "y");
  CHECK(op_list(moved(g).module) == "CONV_2D TRANSPOSE RESHAPE");
}

TEST_CASE("axes of extent 1 move for free") {
  TestGraph g;
  const ir::ValueId x = wrapped_conv(g, g.input("image", {2, 3, 3, 2}), 5);
  g.output(g.add("RESHAPE", {x, g.ints({2, 5})}), "y");
  CHECK(op_list(moved(g).module) == "CONV_2D RESHAPE");
}

TEST_CASE("a RESHAPE of whole groups of axes runs in the stored order") {
  for (const std::vector<int32_t>& shape :
       {std::vector<int32_t>{2, 6, 28}, {2, 3, 2, 4, 7}, {2, 2, 3, 4, 7}, {2, 1, 6, 28}, {2, 6, 2, 2, 7}}) {
    TestGraph g;
    const ir::ValueId x = wrapped_conv(g, g.input("image", {2, 3, 6, 8}), 6);
    g.output(g.add("RESHAPE", {x, g.ints(shape)}), "y");
    CHECK(op_list(moved(g).module) == "CONV_2D RESHAPE TRANSPOSE");
  }
}

TEST_CASE("attention over a feature map needs no TRANSPOSE") {
  TestGraph g;
  const ir::ValueId x = wrapped_conv(g, g.input("image", {2, 3, 6, 8}), 5);
  const ir::ValueId rows = g.transpose(g.add("RESHAPE", {x, g.ints({2, 5, 28})}), {0, 2, 1});
  g.output(g.add("RELU", {rows}), "y");
  CHECK(op_list(moved(g).module) == "CONV_2D RESHAPE RELU");
}

TEST_CASE("readers that want one order share one TRANSPOSE") {
  TestGraph g;
  const ir::ValueId x = g.transpose(g.input("x", {2, 3, 4, 5}), {0, 2, 1, 3});
  for (const char* name : {"a", "b"}) {
    const ir::ValueId flat = g.add("RESHAPE", {g.add("RELU", {x}), g.ints({2, 60})});
    g.output(flat, name);
  }
  CHECK(count_ops(moved(g).module, "TRANSPOSE") <= 2);
}

TEST_CASE("a graph without TRANSPOSEs of channels-first values stays as it is") {
  TestGraph g;
  const ir::ValueId x = g.add("RELU", {g.input("x", {2, 3, 4, 5})});
  g.output(g.transpose(x, {3, 1, 0, 2}), "y");
  CHECK(count_ops(moved(g).module, "TRANSPOSE") == 1);
}

TEST_CASE("100000 nodes pass in under two seconds") {
  TestGraph g;
  ir::Graph& graph = g.graph();
  ir::ValueId x = g.input("x", {1, 2, 3, 4});
  const ir::ValueId first = g.ints(kFirst), last = g.ints(kLast);
  const auto append = [&](const char* op, std::vector<ir::ValueId> inputs, const Shape& shape) {
    ir::Value value;
    value.type = {DType::kFloat32, shape, nullptr};
    ir::Node node;
    node.op = op;
    node.inputs = std::move(inputs);
    node.outputs = {graph.add_value(std::move(value))};
    node.sources = {op};
    graph.nodes.push_back(std::move(node));
    return graph.nodes.back().outputs[0];
  };
  for (int i = 0; i < 25000; ++i) {
    x = append("TRANSPOSE", {x, last}, {1, 3, 4, 2});
    x = append("RELU", {x}, {1, 3, 4, 2});
    x = append("ADD", {x, x}, {1, 3, 4, 2});
    x = append("TRANSPOSE", {x, first}, {1, 2, 3, 4});
  }
  g.output(x, "y");
  const std::clock_t start = std::clock();  // of this program: what else the machine does is no matter
  REQUIRE(run_pipeline(g.module, {}).has_value());
  CHECK(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC < 2.0);
  CHECK(count_ops(g.module, "TRANSPOSE") <= 1);
}
