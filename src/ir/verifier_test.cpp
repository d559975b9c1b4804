#include "ir/verifier.h"

#include <doctest/doctest.h>

#include "ir/text.h"

using namespace pestle;

namespace {

ir::Module module_of(const std::string& statements) {
  auto module = ir::parse(
      "pestle-module 1 graph \"g\" { inputs (%0) outputs (%2) %0 \"x\" float32[2] %1 \"c\" float32[2] = [1, 2] "
      "%2 \"y\" float32[2] %3 \"z\" float32[2] " +
      statements + "}");
  REQUIRE_MESSAGE(module.has_value(), describe(module.error()));
  return std::move(*module);
}

}  // namespace

TEST_CASE("a module that makes sense has no problems") {
  const ir::Module module = module_of("%2 = ADD(%0, %1) sources [\"a\"]");
  CHECK(ir::verify(module).has_value());
  CHECK(ir::find_problems(module, 10).empty());
}

TEST_CASE("all problems are found, each once, up to the number that is wanted") {
  const ir::Module module =
      module_of("%2 = ADD(%0, %3) sources [\"a\"] %2 = ADD(%0, %1) sources [\"b\"] %3 = ADD(%2, %1) sources []");
  const auto problems = ir::find_problems(module, 10);
  REQUIRE(problems.size() == 3);
  CHECK(describe(problems[0]) == "graph \"g\": ADD 'a': input 3 (\"z\") is read before it is computed");
  CHECK(describe(problems[1]) == "graph \"g\": ADD 'b': output 2 (\"y\") is computed twice");
  CHECK(describe(problems[2]) == "graph \"g\": ADD 'z': the node names no source node");
  CHECK(ir::find_problems(module, 2).size() == 2);
  CHECK(describe(ir::verify(module).error()) == describe(problems[0]));
}

TEST_CASE("a constant that holds too few bytes and an output that nobody computes are problems") {
  ir::Module module = module_of("%3 = ADD(%0, %1) sources [\"a\"]");
  module.graphs[0].values[1].data = std::make_shared<const Bytes>(Bytes::own(std::vector<std::byte>(4)));
  const auto problems = ir::find_problems(module, 10);
  REQUIRE(problems.size() == 2);
  CHECK(describe(problems[0]).find("holds 4 bytes, expected 8") != std::string::npos);
  CHECK(describe(problems[1]).find("is never computed") != std::string::npos);
}
