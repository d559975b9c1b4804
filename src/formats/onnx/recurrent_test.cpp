// LSTM, GRU and RNN: what they are written as. That they compute what they should is tests/import/loops_test.py's.
#include <doctest/doctest.h>

#include <algorithm>

#include "formats/onnx/importer.h"
#include "formats/onnx/test_graphs.h"

using namespace pestle;
using formats::ImportOptions;
using namespace pestle::formats::onnx;
using namespace pestle::formats::onnx::testing;

namespace {

// y = a layer of 8 units over x [steps, 1, 4]; only the whole sequence is wanted.
codec::OnnxModel layer(const char* op, int64_t gates, int64_t steps) {
  codec::OnnxModel model = model_of({node(op, {"x", "w", "r"}, {"y"})}, {{"x", {steps, 1, 4}}});
  model.graph.initializers = {floats("w", {1, gates * 8, 4}, std::vector<float>(gates * 32, 0.5f)),
                              floats("r", {1, gates * 8, 8}, std::vector<float>(gates * 64, 0.5f))};
  return model;
}

size_t count_operators(const ir::Module& module) {
  size_t count = 0;
  for (const ir::Graph& graph : module.graphs) count += graph.nodes.size();
  return count;
}

}  // namespace

TEST_CASE("a layer multiplies its whole sequence at once and loops over steps of few operators") {
  struct Row {
    const char* op;
    int64_t gates;
    size_t most;
  };
  for (const Row& row : {Row{"RNN", 1, 11}, {"GRU", 3, 22}, {"LSTM", 4, 20}}) {
    CAPTURE(row.op);
    const auto module = Importer(layer(row.op, row.gates, 50), {}).import();
    REQUIRE_MESSAGE(module.has_value(), describe(module.error()));
    CHECK(module->graphs.size() == 3);
    CHECK(count_operators(*module) <= row.most);
    const auto main = operators(*module, 0);
    CHECK(std::find(main.begin(), main.end(), "FULLY_CONNECTED") < std::find(main.begin(), main.end(), "WHILE"));
    CHECK(module->graphs[0].values[module->graphs[0].outputs[0]].type.shape == Shape{50, 1, 1, 8});
  }
}

TEST_CASE("one step alone needs no loop, unless the caller wants one") {
  CHECK(Importer(layer("LSTM", 4, 1), {}).import()->graphs.size() == 1);
  ImportOptions options;
  options.recurrent = ImportOptions::Recurrent::kWhile;
  CHECK(Importer(layer("LSTM", 4, 1), options).import()->graphs.size() == 3);
}

TEST_CASE("weights of a shape that does not fit are refused") {
  codec::OnnxModel model = layer("LSTM", 3, 2);
  const auto module = Importer(model, {}).import();
  REQUIRE(!module.has_value());
  CHECK(module.error().message.find("its input 1 has the shape") != std::string::npos);
}
