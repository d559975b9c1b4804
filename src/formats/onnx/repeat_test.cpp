// Loop and Scan: when they become WHILE, and when their turns are written one after another.
#include <doctest/doctest.h>

#include "formats/onnx/importer.h"
#include "formats/onnx/test_graphs.h"

using namespace pestle;
using formats::ImportOptions;
using namespace pestle::formats::onnx;
using namespace pestle::formats::onnx::testing;

namespace {

codec::OnnxTensor count(int64_t value) { return tensor<int64_t>("n", codec::OnnxType::kInt64, {}, {value}); }

// y = x + x + ... ; its rows are what each turn started with.
codec::OnnxModel doubling(std::vector<codec::OnnxNode> body, bool has_rows) {
  codec::OnnxModel model = model_of({}, {{"x", {2, 3}}});
  std::vector<const char*> outputs = {"go", "h"};
  if (has_rows) outputs.push_back("row");
  codec::OnnxNode loop = node("Loop", {"n", "", "x"}, {"y"});
  if (has_rows) loop.outputs.push_back("rows");
  if (has_rows) model.graph.outputs.push_back(info("rows", {}));
  loop.attributes = {
      graph_attribute("body", graph_of(std::move(body), {{"i", {}}, {"c", {}}, {"s", {2, 3}}}, outputs))};
  model.graph.nodes = {loop};
  return model;
}

const std::vector<codec::OnnxNode> kTurn = {node("Identity", {"c"}, {"go"}), node("Add", {"s", "s"}, {"h"}),
                                            node("Identity", {"s"}, {"row"})};

Result<ir::Module> import(const codec::OnnxModel& model, ImportOptions::Recurrent wish = {}) {
  ImportOptions options;
  options.recurrent = wish;
  return Importer(model, options).import();
}

}  // namespace

TEST_CASE("a short loop is unrolled, a long one becomes WHILE with its rows written into one tensor") {
  codec::OnnxModel model = doubling(kTurn, true);
  model.graph.initializers = {count(3)};
  const auto few = import(model);
  REQUIRE_MESSAGE(few.has_value(), describe(few.error()));
  CHECK(few->graphs.size() == 1);
  CHECK(few->graphs[0].values[few->graphs[0].outputs[1]].type.shape == Shape{3, 2, 3});
  model.graph.initializers = {count(100)};
  const auto many = import(model);
  REQUIRE_MESSAGE(many.has_value(), describe(many.error()));
  CHECK(operators(*many, 0) == std::vector<std::string>{"WHILE"});
  CHECK(operators(*many, 1) == std::vector<std::string>{"LESS"});
  CHECK(many->graphs[0].values[many->graphs[0].outputs[1]].type.shape == Shape{100, 2, 3});
}

TEST_CASE("--recurrent decides for loops of known length") {
  codec::OnnxModel model = doubling(kTurn, true);
  model.graph.initializers = {count(3)};
  CHECK(import(model, ImportOptions::Recurrent::kWhile)->graphs.size() == 3);
  model.graph.initializers = {count(100)};
  CHECK(import(model, ImportOptions::Recurrent::kUnroll)->graphs.size() == 1);
}

TEST_CASE("a loop whose length only a run tells collects into a tensor of that length") {
  codec::OnnxModel model = doubling(kTurn, true);
  model.graph.inputs.push_back(info("n", {}, codec::OnnxType::kInt64));
  const auto module = import(model);
  REQUIRE_MESSAGE(module.has_value(), describe(module.error()));
  CHECK(module->graphs[0].values[module->graphs[0].outputs[1]].type.shape == Shape{kUnknown, 2, 3});
}

TEST_CASE("a turn that makes its value larger leaves the size open") {
  const std::vector<codec::OnnxNode> turn = {node("Identity", {"c"}, {"go"}), node("Concat", {"s", "s"}, {"h"})};
  codec::OnnxModel model = doubling(turn, false);
  model.graph.nodes[0].attributes[0].graphs[0].nodes[1].attributes = {int_attribute("axis", 0)};
  model.graph.inputs.push_back(info("n", {}, codec::OnnxType::kInt64));
  const auto module = import(model);
  REQUIRE_MESSAGE(module.has_value(), describe(module.error()));
  CHECK(module->graphs[0].values[module->graphs[0].outputs[0]].type.shape == Shape{kUnknown, 3});
}

TEST_CASE("a loop that nothing ends is refused") {
  codec::OnnxModel model = doubling(kTurn, false);
  model.graph.nodes[0].inputs[0] = "";
  const auto module = import(model);
  REQUIRE(!module.has_value());
  CHECK(module.error().message.find("it never ends") != std::string::npos);
}
