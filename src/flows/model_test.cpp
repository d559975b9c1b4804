#include "flows/model.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "formats/tflite/tflite.h"

namespace pestle::flows {
namespace {

// x, a, b of float32[2] and a RELU for each pair (from, to).
ir::Module relus(const std::vector<std::pair<ir::ValueId, ir::ValueId>>& nodes) {
  ir::Module module;
  ir::Graph& graph = module.graphs.emplace_back();
  for (const char* name : {"x", "a", "b"}) {
    ir::Value value;
    value.name = name;
    value.type = {DType::kFloat32, {2}, nullptr};
    graph.add_value(std::move(value));
  }
  for (const auto& [from, to] : nodes) {
    ir::Node node;
    node.op = "RELU";
    node.inputs = {from};
    node.outputs = {to};
    node.sources = {graph.values[to].name};
    graph.nodes.push_back(std::move(node));
  }
  graph.inputs = {0};
  graph.outputs = {2};
  return module;
}

// What loading the module says after it was written to a file.
std::string complaint(const ir::Module& module) {
  const std::string path = (std::filesystem::temp_directory_path() / "pestle_model_test.tflite").string();
  REQUIRE(formats::tflite::write(module, path).has_value());
  ModelRequest request;
  request.path = path;
  const auto model = load_model(request);
  std::filesystem::remove(path);
  if (model) return "";
  const std::string text = describe(model.error());
  CHECK(text.starts_with(path + ": "));
  return text.substr(path.size() + 2);
}

TEST_CASE("a .tflite file whose operators cannot be put to work is refused before anything is done with it") {
  CHECK(complaint(relus({{0, 1}, {1, 2}})).empty());
  CHECK(complaint(relus({{2, 1}, {1, 2}})) == "graph \"\": RELU 'a': input 2 (\"b\") is read before it is computed");
  CHECK(complaint(relus({{1, 2}})) == "graph \"\": RELU 'b': input 1 (\"a\") is read before it is computed");
  CHECK(complaint(relus({{0, 1}})) == "graph \"\": output 2 (\"b\") is never computed");
  CHECK(complaint(relus({{0, 2}, {0, 2}})) == "graph \"\": RELU 'b': output 2 (\"b\") is computed twice");
}

}  // namespace
}  // namespace pestle::flows
