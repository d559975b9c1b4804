#include "ops/core/lstm.h"

#include <doctest/doctest.h>

#include <cmath>

#include "base/elementary.h"
#include "ops/core/check.h"
#include "ops/core/fixed_point_int16.h"
#include "ops/core/lstm_basic.h"
#include "ops/core/registry.h"

namespace pestle::ops {

const OpDef& op_unidirectional_sequence_lstm();

namespace {

constexpr int kOperands = 20;

// A cell of one value over one step, with nothing that is optional but the input gate.
struct OneCell {
  ir::Node node;
  ir::Type x, weights, bias, h, c, y;
  std::vector<ir::Type> intermediates;

  std::vector<const ir::Type*> types() const {
    std::vector<const ir::Type*> all(kOperands, nullptr);
    all[0] = &x;
    for (int i = 1; i <= 8; ++i) all[i] = &weights;
    for (int i = 12; i <= 15; ++i) all[i] = &bias;
    all[18] = &h;
    all[19] = &c;
    return all;
  }
  Status infer() const {
    std::vector<KnownOperand> operands;
    for (const ir::Type* type : types()) operands.push_back({type, nullptr});
    Inference inference(node, std::move(operands), {y});
    inference.set_intermediates(intermediates);
    return infer_node(op_unidirectional_sequence_lstm(), inference);
  }
};

OneCell float_cell() {
  const auto type = [](Shape shape) { return ir::Type{DType::kFloat32, std::move(shape), nullptr}; };
  OneCell cell{{}, type({1, 1, 1}), type({1, 1}), type({1}), type({1, 1}), type({1, 1}), type({1, 1, 1}), {}};
  cell.node.op = "UNIDIRECTIONAL_SEQUENCE_LSTM";
  kFusedActivation.set(cell.node, FusedActivation::kTanh);
  return cell;
}

OneCell integer_cell() {
  OneCell cell = float_cell();
  const auto set = [](ir::Type& type, DType dtype, float scale) {
    type.dtype = dtype;
    type.quantization = ir::per_tensor(scale, 0);
  };
  for (ir::Type* type : {&cell.x, &cell.weights, &cell.h, &cell.y}) set(*type, DType::kInt8, 1.0f / 128);
  set(cell.bias, DType::kInt32, 1.0f / 16384);
  set(cell.c, DType::kInt16, 1.0f / 2048);
  cell.intermediates.resize(5);
  set(cell.intermediates[4], DType::kInt8, 1.0f / 128);
  return cell;
}

}  // namespace

TEST_CASE("16-bit sigmoid and tanh are within two steps of the real functions, and exact at zero") {
  CHECK(logistic_q3(0) == 16384);
  CHECK(tanh_int16(0, 3) == 0);
  for (int code = -32768; code <= 32767; code += 61) {
    const double x = code / 4096.0;
    CHECK(std::abs(logistic_q3(static_cast<int16_t>(code)) - elementary::logistic(x) * 32768) < 8);
    for (int bits = 0; bits <= 6; ++bits) {
      const double wide = code / 32768.0 * (1 << bits);
      CHECK(std::abs(tanh_int16(static_cast<int16_t>(code), bits) - elementary::tanh(wide) * 32768) < 48);
    }
  }
}

TEST_CASE("an LSTM leaves what it computes in its states") {
  const OneCell cell = float_cell();
  REQUIRE(cell.infer());
  float x = 1, w = 0.5f, bias = 0, h = 0, c = 2, y = 0;
  const auto bytes = [](float& value) { return reinterpret_cast<std::byte*>(&value); };
  std::vector<InputOperand> inputs;
  int at = 0;
  for (const ir::Type* type : cell.types()) {
    float& value = at == 0 ? x : at <= 8 ? w : at <= 15 ? bias : at == 18 ? h : c;
    inputs.push_back(type == nullptr ? InputOperand{} : InputOperand{type, bytes(value)});
    ++at;
  }
  const OutputOperand output{&cell.y, bytes(y)};
  REQUIRE(op_unidirectional_sequence_lstm().evaluate({cell.node, inputs, std::span(&output, 1)}));
  const double gate = elementary::logistic(0.5);
  const double expected = gate * 2 + gate * elementary::tanh(0.5);
  CHECK(c == doctest::Approx(expected));
  CHECK(h == doctest::Approx(gate * elementary::tanh(expected)));
  CHECK(y == h);
}

TEST_CASE("an integer LSTM wants five intermediates and a cell state in steps of a power of two") {
  CHECK(integer_cell().infer());
  OneCell without = integer_cell();
  without.intermediates.clear();
  CHECK_FALSE(without.infer());
  OneCell unscaled = integer_cell();
  unscaled.intermediates[4].quantization = nullptr;
  CHECK_FALSE(unscaled.infer());
  OneCell plain = integer_cell();
  plain.y.quantization = nullptr;
  plain.y.dtype = DType::kFloat32;
  CHECK_FALSE(plain.infer());
  OneCell odd = integer_cell();
  odd.c.quantization = ir::per_tensor(1.0f / 3000, 0);
  CHECK_FALSE(odd.infer());
}

TEST_CASE("a node of LSTM is defined by its kernel") {
  ir::Node node;
  node.op = "LSTM";
  CHECK(find(node)->inputs.size() == 24);
  kLstmKernel.set(node, LstmKernel::kBasic);
  CHECK(find(node) == &lstm_basic());
  CHECK(keeps_state(*find(node)));
}

TEST_CASE("weights of a cell must fit one another") {
  OneCell wide = float_cell();
  wide.weights.shape = {1, 2};
  CHECK_FALSE(wide.infer());
  OneCell negative = float_cell();
  kCellClip.set(negative.node, -1.0f);
  CHECK_FALSE(negative.infer());
}

}  // namespace pestle::ops
