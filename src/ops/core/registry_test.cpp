#include "ops/core/registry.h"

#include <doctest/doctest.h>

#include "ops/core/builder.h"

using namespace pestle;

TEST_CASE("every operator is complete: name, code, operands, types, inference and reference") {
  for (const ops::OpDef* def : ops::all()) {
    CAPTURE(def->name);
    CHECK(ops::find(def->name) == def);
    const bool is_control = def->traits.is_control;
    CHECK((is_control || !def->inputs.empty()));
    CHECK((is_control || !def->outputs.empty()));
    CHECK(!def->types.empty());
    CHECK(def->summary[0] != '\0');
    CHECK((def->infer != nullptr));
    CHECK((def->evaluate != nullptr) != is_control);
  }
}

TEST_CASE("a quantization rule speaks of every operand of the operator") {
  for (const ops::OpDef* def : ops::all()) {
    if (!def->quantization.int8 && !def->quantization.int16) continue;
    CAPTURE(def->name);
    CHECK(def->quantization.inputs.size() == def->inputs.size());
    CHECK(def->quantization.outputs.size() == def->outputs.size());
  }
}

TEST_CASE("a custom operator that bears the name of a builtin one is not taken for it") {
  ir::Node node;
  node.op = "RELU";
  CHECK(ops::find(node) == ops::find("RELU"));
  CHECK(node.is("RELU"));
  node.is_custom = true;
  CHECK(ops::find(node) == nullptr);
  CHECK(!node.is("RELU"));
}
