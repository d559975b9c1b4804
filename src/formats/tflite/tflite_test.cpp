#include "formats/tflite/tflite.h"

#include <doctest/doctest.h>

#include <map>
#include <string>

#include "codec/tflite.h"
#include "ir/verifier.h"
#include "ops/core/registry.h"
#include "tests/support.h"

using namespace pestle;

namespace {

bool same_bytes(const std::shared_ptr<const Bytes>& a, const std::shared_ptr<const Bytes>& b) {
  if (!a || !b) return a == b;
  return std::equal(a->view().begin(), a->view().end(), b->view().begin(), b->view().end());
}

bool same_sparsity(const std::shared_ptr<const ir::Sparsity>& a, const std::shared_ptr<const ir::Sparsity>& b) {
  return a && b ? *a == *b : a == b;
}

// Which values share a buffer, as the first value of each group.
std::vector<size_t> sharing(const ir::Module& module) {
  std::map<const Bytes*, size_t> first;
  std::vector<size_t> groups;
  for (const ir::Graph& graph : module.graphs) {
    for (const ir::Value& value : graph.values) {
      groups.push_back(value.data ? first.try_emplace(value.data.get(), groups.size()).first->second : groups.size());
    }
  }
  return groups;
}

std::vector<std::pair<std::string, std::vector<std::byte>>> metadata_of(const ir::Module& module) {
  std::vector<std::pair<std::string, std::vector<std::byte>>> entries;
  for (const auto& [name, bytes] : module.metadata)
    entries.emplace_back(name, std::vector(bytes.view().begin(), bytes.view().end()));
  return entries;
}

void check_same_graph(const ir::Graph& a, const ir::Graph& b) {
  CHECK(a.name == b.name);
  CHECK(a.inputs == b.inputs);
  CHECK(a.outputs == b.outputs);
  REQUIRE(a.values.size() == b.values.size());
  for (size_t i = 0; i < a.values.size(); ++i) {
    const ir::Value& x = a.values[i];
    const ir::Value& y = b.values[i];
    const bool same = x.name == y.name && x.type == y.type && x.is_variable == y.is_variable &&
                      x.has_rank == y.has_rank && x.signature == y.signature && same_bytes(x.data, y.data) &&
                      same_sparsity(x.sparsity, y.sparsity);
    CHECK_MESSAGE(same, "value ", i, " ", x.name);
  }
  REQUIRE(a.nodes.size() == b.nodes.size());
  for (size_t i = 0; i < a.nodes.size(); ++i) {
    const ir::Node& x = a.nodes[i];
    const ir::Node& y = b.nodes[i];
    const bool same = x.op == y.op && x.is_custom == y.is_custom && x.version == y.version &&
                      x.attributes == y.attributes && x.options_record == y.options_record &&
                      x.custom_options == y.custom_options && x.inputs == y.inputs && x.outputs == y.outputs &&
                      x.intermediates == y.intermediates && x.mutating_inputs == y.mutating_inputs;
    CHECK_MESSAGE(same, "node ", i, " ", x.op);
  }
}

// Files that the door refuses, and why.
const std::map<std::string, std::string> kRefused = {
    {"transpose", "schema version 2"},
    {"lstm_calibrated2", "has the extent -1"},
    {"lstm_quantized2", "has the extent -1"},
};

}  // namespace

TEST_CASE("reading and writing a .tflite file keeps everything") {
  const auto shared = testing::shared_folder();
  if (!shared) return;
  int files = 0;
  for (const auto& path : testing::files_below(*shared / "models", ".tflite")) {
    CAPTURE(path.string());
    if (path.string().find("/broken/") != std::string::npos) continue;
    const auto bytes = map_file(path.string());
    REQUIRE(bytes.has_value());
    const auto first = formats::tflite::read(*bytes);
    if (kRefused.contains(path.stem().string())) {
      REQUIRE(!first.has_value());
      CHECK_MESSAGE(describe(first.error()).find(kRefused.at(path.stem().string())) != std::string::npos,
                    describe(first.error()));
      continue;
    }
    REQUIRE_MESSAGE(first.has_value(), describe(first.error()));
    testing::MemorySink sink;
    REQUIRE(formats::tflite::write(*first, sink).has_value());
    const auto second = formats::tflite::read(Bytes::own(sink.bytes));
    REQUIRE_MESSAGE(second.has_value(), describe(second.error()));
    REQUIRE(first->graphs.size() == second->graphs.size());
    for (size_t g = 0; g < first->graphs.size(); ++g) check_same_graph(first->graphs[g], second->graphs[g]);
    CHECK(first->signatures == second->signatures);
    CHECK(sharing(*first) == sharing(*second));
    CHECK(metadata_of(*first) == metadata_of(*second));
    CHECK(first->description == second->description);
    testing::MemorySink again;
    REQUIRE(formats::tflite::write(*second, again).has_value());
    CHECK(again.bytes == sink.bytes);
    ++files;
  }
  MESSAGE("files read and written: ", files);
}

TEST_CASE("properties of operators have the names and defaults of the schema") {
  for (const ops::OpDef* def : ops::all()) {
    if (def->options.empty()) continue;
    CAPTURE(def->name);
    const auto fields = codec::tflite_options_fields(def->options_record);
    REQUIRE(fields.has_value());
    for (const ops::OptionInfo& option : def->options) {
      CAPTURE(option.name);
      const auto it =
          std::find_if(fields->begin(), fields->end(), [&](const auto& field) { return field.name == option.name; });
      REQUIRE(it != fields->end());
      if (const auto* integer = std::get_if<int64_t>(&it->fallback)) CHECK(option.fallback == std::to_string(*integer));
      if (const auto* flag = std::get_if<bool>(&it->fallback)) CHECK(option.fallback == (*flag ? "true" : "false"));
    }
  }
}

TEST_CASE("operators have the builtin codes of the schema") {
  for (const ops::OpDef* def : ops::all()) {
    if (def->code < 0 || def->code == ops::kCustomCode) continue;
    CHECK(codec::tflite_operator_code(def->name) == def->code);
  }
}

TEST_CASE("an element type that is unknown is an error, in variants too") {
  const auto read_with = [](int8_t type, int8_t variant_type) {
    codec::TfliteFile file;
    codec::TfliteTensor tensor;
    tensor.name = "list";
    tensor.type = type;
    tensor.variant_types.push_back({{2}, variant_type, true});
    file.graphs.push_back({.name = "main", .tensors = {tensor}, .operators = {}, .inputs = {0}, .outputs = {0}});
    file.buffers.resize(1);
    testing::MemorySink sink;
    REQUIRE(codec::write_tflite(file, sink).has_value());
    return formats::tflite::read(Bytes::own(sink.bytes));
  };
  constexpr int8_t kVariant = 14, kFloat32 = 0, kUnknownType = 77;
  CHECK(read_with(kVariant, kFloat32).has_value());
  for (const auto& module : {read_with(kVariant, kUnknownType), read_with(kUnknownType, kFloat32)}) {
    REQUIRE(!module.has_value());
    CHECK(describe(module.error()) == "tensor 0 \"list\" has the unknown element type 77");
  }
}

namespace {

// A file of RELUs, each from one tensor to another of the given shape; tensor 0 is the input.
Result<ir::Module> read_relus(const std::vector<std::pair<int32_t, int32_t>>& nodes, std::vector<int32_t> shape) {
  codec::TfliteFile file;
  file.buffers.resize(1);
  file.operator_codes.push_back({.builtin = *codec::tflite_operator_code("RELU"), .custom = {}});
  codec::TfliteGraph& graph = file.graphs.emplace_back();
  for (const char* name : {"x", "a", "b"}) {
    codec::TfliteTensor& tensor = graph.tensors.emplace_back();
    tensor.name = name;
    tensor.shape = shape;
  }
  for (const auto& [from, to] : nodes) {
    codec::TfliteOperator& op = graph.operators.emplace_back();
    op.inputs = {from};
    op.outputs = {to};
  }
  graph.inputs = {0};
  graph.outputs = {2};
  testing::MemorySink sink;
  REQUIRE(codec::write_tflite(file, sink).has_value());
  return formats::tflite::read(Bytes::own(sink.bytes));
}

}  // namespace

TEST_CASE("a cycle in a .tflite file is found by the verifier and named") {
  const auto good = read_relus({{0, 1}, {1, 2}}, {2});
  REQUIRE(good.has_value());
  CHECK(ir::verify(*good).has_value());
  const auto cycle = read_relus({{2, 1}, {1, 2}}, {2});
  REQUIRE(cycle.has_value());
  CHECK(describe(ir::verify(*cycle).error()) == "graph \"\": RELU 'a': input 2 (\"b\") is read before it is computed");
}

TEST_CASE("a negative extent is refused at the door") {
  const auto module = read_relus({{0, 1}, {1, 2}}, {2, -7});
  REQUIRE(!module.has_value());
  CHECK(describe(module.error()).find("has the extent -7") != std::string::npos);
}
