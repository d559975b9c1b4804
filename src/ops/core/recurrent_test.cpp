#include <doctest/doctest.h>

#include "ops/core/op_def.h"

namespace pestle::ops {

const OpDef& op_rnn();

TEST_CASE("a recurrent cell leaves its output in its state, where the next run finds it") {
  ir::Node node;
  node.op = "RNN";
  const ir::Type one{DType::kFloat32, {1, 1}, nullptr}, bias{DType::kFloat32, {1}, nullptr};
  float x = 1, w = 2, r = 3, b = 0.5f, h = 0, y = 0;
  const auto bytes = [](float& value) { return reinterpret_cast<std::byte*>(&value); };
  const InputOperand inputs[] = {
      {&one, bytes(x)}, {&one, bytes(w)}, {&one, bytes(r)}, {&bias, bytes(b)}, {&one, bytes(h)}};
  const OutputOperand output{&one, bytes(y)};
  REQUIRE(op_rnn().evaluate({node, inputs, std::span(&output, 1)}));
  CHECK(y == 2.5f);  // 0.5 + 2 * 1
  REQUIRE(op_rnn().evaluate({node, inputs, std::span(&output, 1)}));
  CHECK(y == 10.0f);  // 0.5 + 2 * 1 + 3 * 2.5
  CHECK(h == 10.0f);
}

TEST_CASE("an operator whose operand is state keeps state") { CHECK(keeps_state(op_rnn())); }

}  // namespace pestle::ops
