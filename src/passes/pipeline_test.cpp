#include <doctest/doctest.h>

#include "base/half.h"
#include "passes/core/graph_test_tools.h"
#include "passes/passes.h"

using namespace pestle;
using namespace pestle::passes;

TEST_CASE("a pass is left out by name, and an unknown name is refused") {
  TestGraph g;
  g.output(g.add("RELU", {g.add("ADD", {g.input("x", {2, 3}), g.constant({3})})}), "y");
  PassOptions options;
  CHECK(op_list(run_pipeline_and_compare(g.module, options).module) == "ADD");
  options.skip = {"fuse_activation"};
  CHECK(op_list(run_pipeline_and_compare(g.module, options).module) == "ADD RELU");
  options.skip = {"fuse_everything"};
  CHECK_FALSE(run_pipeline(g.module, options).has_value());
}

TEST_CASE("a signature follows the outputs of its graph") {
  TestGraph g;
  const ir::ValueId x = g.input("x", {2, 3});
  const ir::ValueId y = g.add("RELU", {g.add("ADD", {x, g.constant({3})})});
  g.output(y, "y");
  g.module.signatures.push_back({"serving_default", 0, {{"in", x}}, {{"out", y}}});
  const auto after = run_pipeline_and_compare(g.module);
  CHECK(after.module.signatures[0].outputs[0].value == after.module.graphs[0].outputs[0]);
}

TEST_CASE("nodes with quantized operands are neither fused nor folded") {
  TestGraph g;
  ir::Graph& graph = g.graph();
  const ir::ValueId y = g.add("RELU", {g.add("ADD", {g.input("x", {2, 3}), g.constant({3})})});
  g.output(y, "y");
  for (ir::Value& value : graph.values) value.type.quantization = ir::per_tensor(0.5f, 0);
  CHECK(run_pipeline(g.module, {}).has_value());
  CHECK(op_list(g.module) == "ADD RELU");
}

TEST_CASE("float16 constants behind DEQUANTIZE become float32") {
  TestGraph g;
  const std::vector<Half> halves = {to_half(0.5f), to_half(-2.0f), to_half(3.0f)};
  const ir::ValueId c = g.graph().add_constant("c", Tensor::of<Half>({3}, halves).view());
  ir::Value widened;
  widened.name = "w";
  widened.type = {DType::kFloat32, {3}, nullptr};
  const ir::ValueId w = g.graph().add_value(widened);
  ir::Node node;
  node.op = "DEQUANTIZE";
  node.inputs = {c};
  node.outputs = {w};
  node.sources = {"w"};
  g.graph().nodes.push_back(node);
  g.output(g.add("MUL", {g.input("x", {2, 3}), w}), "y");
  CHECK(op_list(run_and_compare(g.module, fold_float16, 0).module) == "MUL");
}
