#include "flows/names.h"

#include <doctest/doctest.h>

namespace pestle::flows {
namespace {

// Inputs of the given names, float32[1,2] each.
ir::Module with_inputs(const std::vector<const char*>& names) {
  ir::Module module;
  ir::Graph& graph = module.graphs.emplace_back();
  for (const char* name : names) {
    ir::Value value;
    value.name = name;
    value.type = {DType::kFloat32, {1, 2}, nullptr};
    graph.inputs.push_back(graph.add_value(std::move(value)));
  }
  return module;
}

TEST_CASE("inputs go by tensor name, bare name, signature name and place") {
  ir::Module module = with_inputs({"serving_default_image:0", "mask"});
  module.signatures.push_back({.key = "main", .graph = 0, .inputs = {{"attention", 1}}, .outputs = {}});
  CHECK(find_input(module, "image") == 0u);
  CHECK(find_input(module, "serving_default_image:0") == 0u);
  CHECK(find_input(module, "attention") == 1u);
  CHECK(find_input(module, "#1") == 1u);
}

TEST_CASE("a name that no input has is an error that lists the names there are") {
  const auto wrong = find_input(with_inputs({"image", ""}), "imgae");
  REQUIRE(!wrong.has_value());
  CHECK(wrong.error().code == ErrorCode::kInvalidArgument);
  CHECK(wrong.error().message == "the model has no input \"imgae\"");
  CHECK(wrong.error().hint == "it has: image (float32 1x2), #1 (float32 1x2)");
  CHECK(find_input(with_inputs({}), "x").error().hint == "it has no inputs at all");
  CHECK(!find_input(with_inputs({"x"}), "#1").has_value());
}

TEST_CASE("a name that several inputs have is an error that says how to tell them apart") {
  const auto both = find_input(with_inputs({"x:0", "serving_default_x"}), "x");
  REQUIRE(!both.has_value());
  CHECK(both.error().message == "2 inputs are called \"x\"");
  CHECK(both.error().hint.find("#0") != std::string::npos);
}

}  // namespace
}  // namespace pestle::flows
