#include "formats/onnx/onnx.h"

#include <doctest/doctest.h>

#include <protozero/pbf_writer.hpp>

#include "codec/onnx.h"
#include "formats/registry.h"
#include "ir/verifier.h"

using namespace pestle;
using formats::ImportOptions;

namespace {

using Writer = protozero::pbf_writer;

template <typename Body>
std::string message(Body body) {
  std::string bytes;
  Writer writer(bytes);
  body(writer);
  return bytes;
}

struct Ints {
  const char* name;
  std::vector<int64_t> values;
  bool is_list = true;
};

std::string node(const char* op, const char* name, std::vector<const char*> inputs, const char* output,
                 std::vector<Ints> attributes = {}) {
  return message([&](Writer& w) {
    for (const char* input : inputs) w.add_string(1, input);
    w.add_string(2, output);
    w.add_string(3, name);
    w.add_string(4, op);
    for (const Ints& ints : attributes) {
      w.add_message(5, message([&](Writer& a) {
                      a.add_string(1, ints.name);
                      if (ints.is_list) a.add_packed_int64(8, ints.values.begin(), ints.values.end());
                      if (!ints.is_list) a.add_int64(3, ints.values[0]);
                      a.add_int32(20, ints.is_list ? 7 : 2);
                    }));
    }
  });
}

// Extents below zero are symbols.
std::string value_info(const char* name, const std::vector<int64_t>& dims) {
  const std::string shape = message([&](Writer& w) {
    for (int64_t dim : dims) {
      w.add_message(1, message([&](Writer& d) { dim < 0 ? d.add_string(2, "height") : d.add_int64(1, dim); }));
    }
  });
  const std::string type = message([&](Writer& w) {
    w.add_int32(1, 1);
    w.add_message(2, shape);
  });
  return message([&](Writer& w) {
    w.add_string(1, name);
    w.add_message(2, message([&](Writer& t) { t.add_message(1, type); }));
  });
}

std::string floats(const char* name, const std::vector<int64_t>& dims) {
  int64_t elements = 1;
  for (int64_t dim : dims) elements *= dim;
  return message([&](Writer& w) {
    w.add_packed_int64(1, dims.begin(), dims.end());
    w.add_int32(2, 1);
    w.add_string(8, name);
    w.add_bytes(9, std::string(elements * sizeof(float), '\0'));
  });
}

struct Source {
  std::vector<std::string> nodes;
  std::vector<int64_t> input = {1, 4, 8, 8};
  std::vector<const char*> outputs = {"y"};
  std::vector<std::string> initializers = {};
  int64_t opset = 13;
};

Bytes model(const Source& source) {
  const std::string graph = message([&](Writer& w) {
    for (const std::string& each : source.nodes) w.add_message(1, each);
    for (const std::string& each : source.initializers) w.add_message(5, each);
    w.add_message(11, value_info("x", source.input));
    for (const char* output : source.outputs) w.add_message(12, value_info(output, {}));
  });
  const std::string file = message([&](Writer& w) {
    w.add_int64(1, 8);
    w.add_message(7, graph);
    w.add_message(8, message([&](Writer& o) { o.add_int64(2, source.opset); }));
  });
  return Bytes::copy_of(std::as_bytes(std::span(file)));
}

std::vector<std::string> operators(const ir::Module& module) {
  std::vector<std::string> names;
  for (const ir::Node& each : module.graphs[0].nodes) names.push_back(each.op);
  return names;
}

std::vector<std::string> import(const Source& source, const ImportOptions& options = {}) {
  const auto module = formats::onnx::read(model(source), ".", options);
  REQUIRE_MESSAGE(module.has_value(), describe(module.error()));
  return operators(*module);
}

Error refused(const Source& source, const ImportOptions& options = {}) {
  const auto module = formats::onnx::read(model(source), ".", options);
  REQUIRE(!module.has_value());
  return module.error();
}

bool says(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a convolution is wrapped in TRANSPOSEs and keeps names, order and provenance") {
  const Source source = {{node("Conv", "conv1", {"x", "w"}, "c", {{"pads", {0, 0, 1, 1}}, {"strides", {2, 2}}}),
                          node("Relu", "act", {"c"}, "y")},
                         {1, 4, 8, 8},
                         {"y"},
                         {floats("w", {5, 4, 3, 3})}};
  const auto module = formats::onnx::read(model(source), ".");
  REQUIRE_MESSAGE(module.has_value(), describe(module.error()));
  CHECK(operators(*module) == std::vector<std::string>{"TRANSPOSE", "CONV_2D", "TRANSPOSE", "RELU"});
  const ir::Graph& graph = module->graphs[0];
  CHECK(*graph.nodes[1].attributes.get<int64_t>("stride_h") == 2);
  CHECK(graph.nodes[1].attributes.get<std::string>("padding") == nullptr);  // SAME, the default
  CHECK(graph.nodes[1].sources == std::vector<std::string>{"conv1"});
  CHECK(graph.values[graph.inputs[0]].name == "x");
  CHECK(graph.values[graph.outputs[0]].name == "y");
  CHECK(graph.values[graph.outputs[0]].type.shape == Shape{1, 5, 4, 4});
  CHECK(module->signatures[0].key == "serving_default");
}

TEST_CASE("padding that TFLite's own cannot express becomes a PAD") {
  struct Row {
    std::vector<int64_t> pads, strides;
    bool has_pad;
  };
  // 8x8 with a 3x3 window: SAME pads (1, 1) at stride 1 and (0, 1) at stride 2.
  const Row rows[] = {{{0, 0, 0, 0}, {1, 1}, false}, {{1, 1, 1, 1}, {1, 1}, false}, {{0, 0, 1, 1}, {2, 2}, false},
                      {{1, 1, 1, 1}, {2, 2}, true},  {{2, 2, 2, 2}, {1, 1}, true},  {{0, 1, 1, 0}, {2, 2}, true}};
  for (const Row& row : rows) {
    const Source source = {{node("Conv", "conv", {"x", "w"}, "y", {{"pads", row.pads}, {"strides", row.strides}})},
                           {1, 4, 8, 8},
                           {"y"},
                           {floats("w", {5, 4, 3, 3})}};
    const auto ops = import(source);
    CHECK((std::find(ops.begin(), ops.end(), "PAD") != ops.end()) == row.has_pad);
  }
}

TEST_CASE("zeros pad a maximum only where no value is negative") {
  const std::vector<Ints> pool = {{"kernel_shape", {3, 3}}, {"pads", {1, 1, 1, 1}}, {"strides", {2, 2}}};
  CHECK(import({{node("MaxPool", "pool", {"x"}, "y", pool)}})[1] == "PADV2");
  CHECK(import({{node("Relu", "act", {"x"}, "r"), node("MaxPool", "pool", {"r"}, "y", pool)}})[2] == "PAD");
}

TEST_CASE("all nodes that cannot be taken are listed at once, with a way out") {
  const Error error = refused({{node("Relu", "fine", {"x"}, "a"), node("Frobnicate", "f1", {"a"}, "b"),
                                node("Relu", "after", {"b"}, "c"), node("Twiddle", "f2", {"c"}, "y")}});
  CHECK(error.code == ErrorCode::kUnsupported);
  CHECK(says(error.message, "2 of 4 nodes"));
  CHECK(says(error.message, "Frobnicate 'f1': the operator Frobnicate is not known"));
  CHECK(says(error.message, "Twiddle 'f2': "));
  CHECK(!says(error.message, "after"));
  CHECK(says(error.hint, "--outputs a"));
}

TEST_CASE("before operator set 7 attributes say on which axis the second operand of arithmetic begins") {
  const std::vector<Ints> on_channels = {{"broadcast", {1}, false}, {"axis", {1}, false}};
  const Source source = {
      {node("Add", "add", {"x", "w"}, "y", on_channels)}, {1, 4, 8, 8}, {"y"}, {floats("w", {4})}, 6};
  const auto module = formats::onnx::read(model(source), ".");
  REQUIRE_MESSAGE(module.has_value(), describe(module.error()));
  const ir::Graph& graph = module->graphs[0];
  CHECK(graph.values[graph.nodes[0].inputs[1]].type.shape == Shape{4, 1, 1});
  Source beyond = source;
  beyond.initializers = {floats("w", {4, 8, 8, 1})};
  CHECK(says(refused(beyond).message, "reaches beyond"));
}

TEST_CASE("a free batch becomes 1 and stays free in the signature") {
  const Source source = {{node("Relu", "act", {"x"}, "y")}, {-1, 4, 8, 8}};
  const auto module = formats::onnx::read(model(source), ".");
  REQUIRE(module.has_value());
  const ir::Value& input = module->graphs[0].values[module->graphs[0].inputs[0]];
  CHECK(input.type.shape == Shape{1, 4, 8, 8});
  CHECK(input.signature == std::vector<int64_t>{-1, 4, 8, 8});
  ImportOptions options;
  options.batch = 3;
  const auto batched = formats::onnx::read(model(source), ".", options);
  REQUIRE(batched.has_value());
  CHECK(batched->graphs[0].values[batched->graphs[0].outputs[0]].type.shape == Shape{3, 4, 8, 8});
}

TEST_CASE("an input may be empty") {
  CHECK(import({{node("Relu", "act", {"x"}, "y")}, {1, 0, 8, 8}}) == std::vector<std::string>{"RELU"});
}

TEST_CASE("any other free size is an error that shows the flag, and the flag fixes it") {
  const Source source = {{node("Relu", "act", {"x"}, "y")}, {-1, 3, -1, 16}};
  const Error error = refused(source);
  CHECK(says(error.message, "input \"x\" has no fixed size in axis 2"));
  CHECK(says(error.hint, "--input x:1x3x<height>x16"));
  ImportOptions options;
  options.input_shapes = {{"x", {1, 3, 32, 16}}};
  CHECK(import(source, options).size() == 1);
  options.input_shapes = {{"x", {1, 4, 32, 16}}};
  CHECK(says(refused(source, options).message, "cannot have the shape 1x4x32x16"));
  options.input_shapes = {{"z", {1, 3, 32, 16}}};
  CHECK(says(refused(source, options).message, "no input of the model"));
}

TEST_CASE("a model can be cut at tensors and nodes") {
  const Source source = {
      {node("Relu", "first", {"x"}, "a"), node("Frobnicate", "bad", {"a"}, "b"), node("Tanh", "last", {"b"}, "y")}};
  ImportOptions head;
  head.outputs = {"first"};
  CHECK(import(source, head) == std::vector<std::string>{"RELU"});
  ImportOptions tail;
  tail.inputs = {"b:0"};
  tail.input_shapes = {{"b", {1, 7}}};
  CHECK(import(source, tail) == std::vector<std::string>{"TANH"});
  ImportOptions wrong;
  wrong.outputs = {"frist"};
  CHECK(says(refused(source, wrong).hint, "first"));
}

TEST_CASE("models that make no sense are refused") {
  struct Row {
    Source source;
    const char* reason;
  };
  const Row rows[] = {
      {{{node("Relu", "a", {"t"}, "y"), node("Relu", "b", {"y"}, "t")}},
       "Relu 'a' reads, through other nodes, its own output"},
      {{{node("Relu", "a", {"x"}, "y"), node("Relu", "b", {"x"}, "y")}}, "computed twice"},
      {{{node("Relu", "a", {"nowhere"}, "y")}}, "neither computed nor stored"},
      {{{node("Relu", "a", {"x"}, "z")}}, "the output \"y\" is neither"},
      {{{node("Relu", "a", {}, "y")}}, "lacks its input 0"},
      {{{node("Relu", "a", {"x"}, "y")}, {int64_t{1} << 40, int64_t{1} << 40}}, "impossible shape"},
      {{{node("Dropout", "a", {"x"}, "y")}, {1, 4}, {"y"}, {}, 6}, "drops elements at random"},
      {{{node("Conv", "a", {"x", "w"}, "y")}, {1, 4, 8, 8}, {"y"}, {floats("w", {5, 3, 3, 3})}},
       "another number of channels"},
      {{{node("Conv", "a", {"x", "w"}, "y", {{"strides", {0, 1}}})}, {1, 4, 8, 8}, {"y"}, {floats("w", {5, 4, 3, 3})}},
       "not positive"},
      {{{node("MaxPool", "a", {"x"}, "y", {{"kernel_shape", {99, 99}}})}}, "does not fit"},
      {{{node("Flatten", "a", {"x"}, "y", {{"axis", {7, 8}}})}}, "attribute \"axis\" is of the wrong kind"},
  };
  for (const Row& row : rows) {
    const Error error = refused(row.source);
    CHECK_MESSAGE(says(error.message, row.reason), error.message);
  }
}

TEST_CASE("nodes in any order are sorted, and what no output needs is left out") {
  const Source source = {
      {node("Tanh", "last", {"a"}, "y"), node("Frobnicate", "unused", {"a"}, "z"), node("Relu", "first", {"x"}, "a")}};
  CHECK(import(source) == std::vector<std::string>{"RELU", "TANH"});
}
