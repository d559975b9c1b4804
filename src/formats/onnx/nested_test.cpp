// Graphs in attributes of nodes, and functions.
#include <doctest/doctest.h>

#include "formats/onnx/importer.h"
#include "formats/onnx/test_graphs.h"

using namespace pestle;
using namespace pestle::formats::onnx;
using namespace pestle::formats::onnx::testing;

namespace {

// y = condition ? x * w : x + x; w is stored in the graph around the branches.
codec::OnnxModel branching(bool is_constant) {
  codec::OnnxModel model = model_of({}, {{"x", {2, 3}}});
  codec::OnnxNode branch = node("If", {"c"}, {"y"});
  branch.attributes = {graph_attribute("then_branch", graph_of({node("Mul", {"x", "w"}, {"m"})}, {}, {"m"})),
                       graph_attribute("else_branch", graph_of({node("Add", {"x", "x"}, {"a"})}, {}, {"a"}))};
  model.graph.nodes = {branch};
  model.graph.initializers = {floats("w", {3}, {1, 2, 3})};
  if (is_constant) model.graph.initializers.push_back(truth("c", true));
  if (!is_constant) model.graph.inputs.push_back(info("c", {}, codec::OnnxType::kBool));
  return model;
}

}  // namespace

TEST_CASE("a branch whose condition is known stands in the place of the node") {
  const auto module = Importer(branching(true), {}).import();
  REQUIRE_MESSAGE(module.has_value(), describe(module.error()));
  CHECK(module->graphs.size() == 1);
  REQUIRE(operators(*module, 0) == std::vector<std::string>{"MUL"});
  CHECK(module->graphs[0].nodes[0].sources == std::vector<std::string>{"If:y/Mul:m"});
  CHECK(module->graphs[0].values[module->graphs[0].outputs[0]].name == "y");
}

TEST_CASE("branches become graphs that take what either reads; constants are copied into them") {
  const auto module = Importer(branching(false), {}).import();
  REQUIRE_MESSAGE(module.has_value(), describe(module.error()));
  REQUIRE(module->graphs.size() == 3);
  CHECK(operators(*module, 0) == std::vector<std::string>{"IF"});
  CHECK(module->graphs[0].nodes[0].inputs.size() == 2);  // the condition and x
  CHECK(operators(*module, 1) == std::vector<std::string>{"MUL"});
  CHECK(operators(*module, 2) == std::vector<std::string>{"ADD"});
  CHECK(module->graphs[1].inputs.size() == 1);
}

TEST_CASE("nodes of nested graphs that cannot be taken are named in the one list, and the node around them is not") {
  codec::OnnxModel model = branching(false);
  model.graph.nodes[0].attributes[0].graphs[0].nodes[0].op_type = "Nonesuch";
  model.graph.nodes.push_back(node("Other", {"y"}, {"z"}));
  model.graph.outputs = {info("z", {})};
  const auto module = Importer(model, {}).import();
  REQUIRE(!module.has_value());
  CHECK(module.error().message ==
        "2 of 4 nodes cannot be taken over:\n  Nonesuch 'If:y/m': the operator Nonesuch is not known\n"
        "  Other 'z': the operator Other is not known");
}

TEST_CASE("a function stands in the place of its call, with the attributes that the call gives") {
  codec::OnnxModel model = model_of({}, {{"x", {2, 3}}});
  codec::OnnxFunction function;
  function.domain = "own";
  function.name = "Leak";
  function.inputs = {"in"};
  function.outputs = {"out"};
  function.opsets = {{"", 13}};
  function.nodes = {node("LeakyRelu", {"in"}, {"out"})};
  codec::OnnxAttribute reference = float_attribute("alpha", 0);
  reference.floats.clear();
  reference.reference = "slope";
  function.nodes[0].attributes = {reference};
  function.defaults = {float_attribute("slope", 0.25f)};
  model.functions = {function};
  codec::OnnxNode call = node("Leak", {"x"}, {"h"});
  call.domain = "own";
  call.attributes = {float_attribute("slope", 0.5f)};
  codec::OnnxNode second = node("Leak", {"h"}, {"y"});
  second.domain = "own";
  model.graph.nodes = {call, second};
  const auto module = Importer(model, {}).import();
  REQUIRE_MESSAGE(module.has_value(), describe(module.error()));
  REQUIRE(operators(*module, 0) == std::vector<std::string>{"LEAKY_RELU", "LEAKY_RELU"});
  CHECK(*module->graphs[0].nodes[0].attributes.get<double>("alpha") == 0.5);
  CHECK(*module->graphs[0].nodes[1].attributes.get<double>("alpha") == 0.25);
  CHECK(module->graphs[0].nodes[0].sources == std::vector<std::string>{"Leak:h/LeakyRelu:out"});
}

TEST_CASE("functions that call themselves are refused") {
  codec::OnnxModel model = model_of({}, {{"x", {2, 3}}});
  codec::OnnxFunction function;
  function.domain = "own";
  function.name = "Again";
  function.inputs = {"in"};
  function.outputs = {"out"};
  function.nodes = {node("Again", {"in"}, {"out"})};
  function.nodes[0].domain = "own";
  model.functions = {function};
  model.graph.nodes = {function.nodes[0]};
  model.graph.nodes[0].inputs = {"x"};
  model.graph.nodes[0].outputs = {"y"};
  const auto module = Importer(model, {}).import();
  REQUIRE(!module.has_value());
  CHECK(module.error().message.find("nested too deep") != std::string::npos);
}
