#include "ir/text.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace pestle;

namespace {

constexpr const char* kSmall = R"(pestle-module 1
description "by \"hand\""
metadata "note" base64 "AAEC"
graph "main" {
  inputs (%0)
  outputs (%4)
  %0 "x" float32[?,4] ranked signature [-1, 4]
  %1 "w" int8[2,4] quantization {scale [0.5, 0.25] zero_point [0, 0] min [-1.0] max [1.0]} = [1, -2, 3, 4, 5, 6, 7, -128]
  %2 "b" float32[2] = [0.1, -0.0]
  %3 "same" float32[2] = shared 0 2
  %4 "y\x00\xff" float32[?,2]
  %5 "state" float32[2] variable
  %6 "sparse" int8[2,2] sparsity {order [0, 1] blocks [] dense 2 sparse 2 bits 8 16 segments [0, 1, 2] indices [0, 1]} = base64 "AQI="
  %7 "blocks" int4[2,4] quantization {scale [] zero_point [] blocks %2 none size 32} = base64 "AQIDBA=="
  %8 "any" variant[] variants [float32[2], int32[]]
  %4 = FULLY_CONNECTED(%0, %1, none) {fused_activation_function = "RELU", keep_num_dims = true, n = 3, f = 3.0, l = ints [1, 2], d = floats [0.5], s = strings ["a"], b = bytes "AA=="} version 9 record "FullyConnectedOptions" sources ["dense", "relu"]
  () = custom "Say \"hi\""(%4) options "AQ==" intermediates (%3) mutating [0, 1] sources ["hi"]
}
signature "serving_default" graph 0 inputs {"x" = %0} outputs {"y" = %4}
)";

// The message for a module that is `kSmall` with one piece replaced.
std::string error_of(const std::string& piece, const std::string& by) {
  std::string text = kSmall;
  const size_t at = text.find(piece);
  REQUIRE(at != std::string::npos);
  text.replace(at, piece.size(), by);
  const auto parsed = ir::parse(text);
  return parsed ? "no error" : describe(parsed.error());
}

}  // namespace

TEST_CASE("the text form of a module reads back to the same text") {
  const auto module = ir::parse(kSmall);
  REQUIRE_MESSAGE(module.has_value(), describe(module.error()));
  CHECK(ir::print(*module) == kSmall);
}

TEST_CASE("the text form keeps buffers shared, bits of numbers and bytes of names") {
  const auto module = ir::parse(kSmall);
  REQUIRE(module.has_value());
  const ir::Graph& graph = module->graphs[0];
  CHECK(graph.values[3].data == graph.values[2].data);
  CHECK(graph.constant(2).values<float>()[0] == 0.1f);
  CHECK(std::signbit(graph.constant(2).values<float>()[1]));
  CHECK(graph.values[4].name == std::string("y\0\xff", 3));
  CHECK(graph.nodes[0].inputs[2] == ir::kNoValue);
  CHECK(*graph.nodes[0].attributes.get<double>("f") == 3.0);
  CHECK(*graph.nodes[0].attributes.get<int64_t>("n") == 3);
  CHECK(graph.nodes[1].is_custom);
}

TEST_CASE("white space and comments mean nothing in the text form") {
  std::string text = "# a comment\n";
  for (char c : std::string_view(kSmall)) text += c == '\n' ? std::string("  # \"x\"\r\n\t") : std::string(1, c);
  const auto module = ir::parse(text);
  REQUIRE_MESSAGE(module.has_value(), describe(module.error()));
  CHECK(ir::print(*module) == kSmall);
}

TEST_CASE("errors in the text form name line and column") {
  struct Row {
    const char *piece, *by, *message;
  };
  const Row rows[] = {
      {"pestle-module 1", "pestle-module 2", "line 1, column 15: 2 does not lie between 1 and 1"},
      {"graph \"main\"", "grafh \"main\"", "line 4, column 1: expected description, metadata, graph or signature"},
      {"%1 \"w\"", "%2 \"w\"", "line 8, column 3: expected %1: values are numbered in order"},
      {"int8[2,4] q", "int9[2,4] q", "line 8, column 10: there is no element type int9"},
      {"7, -128]", "7, -129]", "line 8, column 117: -129 does not lie between -128 and 127"},
      {"7, -128]", "7]", "line 8, column 115: 7 numbers for a tensor of shape 2x4"},
      {"(%0, %1, none)", "(%0, %17, none)", "line 16, column 23: there is no value %17"},
      {"shared 0 2", "shared 0 3", "line 10, column 35: 3 does not lie between 0 and 2"},
      {"shared 0 2", "shared 0 0", "line 10, column 35: value 0 of graph 0 is no constant"},
      {"n = 3", "n = three", "line 16, column 101: expected a number"},
      {"\"hi\"]\n}", "\"hi]\n}", "line 17, column 91: the string does not end on its line"},
      {"inputs (%0)", "inputs (%0", "line 6, column 3: expected ')'"},
      {"blocks %2 none", "blocks %99 none", "there is no value %99"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.piece);
    CHECK_MESSAGE(error_of(row.piece, row.by).find(row.message) != std::string::npos, error_of(row.piece, row.by));
  }
}

TEST_CASE("a text form that is cut short anywhere is an error and no crash") {
  const std::string_view text = kSmall;
  const size_t whole = text.find("signature \"serving");
  for (size_t length = 0; length + 1 < text.size(); ++length) {
    if (length == whole || length + 1 == whole) continue;
    CAPTURE(length);
    CHECK(!ir::parse(text.substr(0, length)).has_value());
  }
}
