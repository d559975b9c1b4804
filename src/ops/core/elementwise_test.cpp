#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "ops/core/fused_activation.h"
#include "ops/core/one_node.h"

using namespace pestle;
using ops::OneNode;
using I8 = std::vector<int8_t>;
using I16 = std::vector<int16_t>;
using I32 = std::vector<int32_t>;
using F32 = std::vector<float>;

TEST_CASE("operands broadcast from the right and an unknown extent stays unknown") {
  OneNode add("ADD");
  add.input<float>({2, 1}, {1, 2}).input<float>({3}, {10, 20, 30});
  CHECK(add.values<float>() == F32{11, 21, 31, 12, 22, 32});
  OneNode maximum("MAXIMUM");
  maximum.input<int32_t>({1}, {5}).input<int32_t>({3}, {4, 5, 6});
  CHECK(maximum.values<int32_t>() == I32{5, 5, 6});
}

TEST_CASE("shapes that do not broadcast and types that differ are refused") {
  OneNode shapes("MUL");
  shapes.input<float>({2}, {1, 2}).input<float>({3}, {1, 2, 3});
  CHECK(shapes.infer().error().code == ErrorCode::kInvalidModel);
  OneNode types("MUL");
  types.input<float>({2}, {1, 2}).input<int32_t>({2}, {1, 2});
  CHECK(!types.infer().has_value());
}

TEST_CASE("integers that are not quantized wrap and obey the fused activation") {
  OneNode add("ADD");
  add.input<int32_t>({2}, {std::numeric_limits<int32_t>::max(), 3}).input<int32_t>({2}, {1, 4});
  CHECK(add.values<int32_t>() == I32{std::numeric_limits<int32_t>::min(), 7});
  ops::kFusedActivation.set(add.node(), ops::FusedActivation::kRelu6);
  CHECK(add.values<int32_t>() == I32{0, 6});
}

TEST_CASE("quantized sums meet at a common scale") {
  OneNode add("ADD");
  add.input<int8_t>({3}, {10, -10, 127}, {0.5f, 0}).input<int8_t>({3}, {4, 4, 127}, {0.25f, 0});
  add.output(DType::kInt8, {0.5f, -1});
  CHECK(add.values<int8_t>() == I8{11, -9, 127});
  OneNode sub("SUB");
  sub.input<int8_t>({2}, {10, -10}, {0.5f, 0}).input<int8_t>({2}, {4, 4}, {0.25f, 0});
  sub.output(DType::kInt8, {0.5f, -1});
  CHECK(sub.values<int8_t>() == I8{7, -13});
}

TEST_CASE("int16 sums of power-of-two scales need one operand at the output's scale") {
  OneNode add("ADD");
  add.input<int16_t>({1}, {100}, {0.25f, 0}).input<int16_t>({1}, {6}, {0.125f, 0});
  CHECK(add.output(DType::kInt16, {0.25f, 0}).values<int16_t>() == I16{103});
  CHECK(!add.output(DType::kInt16, {0.5f, 0}).infer().has_value());
}

TEST_CASE("quantized products and quotients rescale once") {
  OneNode mul("MUL");
  mul.input<int8_t>({2}, {10, -20}, {0.5f, 0}).input<int8_t>({2}, {4, 4}, {0.25f, 2});
  CHECK(mul.output(DType::kInt8, {0.25f, 0}).values<int8_t>() == I8{10, -20});
  OneNode div("DIV");
  div.input<int8_t>({2}, {10, 0}, {0.5f, 0}).input<int8_t>({2}, {4, 100}, {0.5f, 0});
  CHECK(div.output(DType::kInt8, {0.5f, 3}).values<int8_t>() == I8{8, 3});
}

TEST_CASE("integer division truncates and refuses a divisor of zero") {
  OneNode div("DIV");
  div.input<int32_t>({2}, {-7, 7}).input<int32_t>({2}, {2, -1});
  CHECK(div.values<int32_t>() == I32{-3, -7});
  OneNode zero("DIV");
  zero.input<int32_t>({1}, {1}).input<int32_t>({1}, {0});
  CHECK(!zero.run().has_value());
}

TEST_CASE("QUANTIZE rounds halves away from zero and saturates") {
  OneNode quantize("QUANTIZE");
  quantize.input<float>({5}, {0.25f, -0.25f, 0.24f, 1e30f, -1e30f});
  CHECK(quantize.output(DType::kInt8, {0.5f, 3}).values<int8_t>() == I8{4, 2, 3, 127, -128});
  CHECK(quantize.output(DType::kInt16, {0.5f, 0}).values<int16_t>() == I16{1, -1, 0, 32767, -32768});
  CHECK(!quantize.output(DType::kInt32, {0.5f, 0}).infer().has_value());
}

TEST_CASE("QUANTIZE of codes rescales them") {
  OneNode quantize("QUANTIZE");
  quantize.input<int8_t>({3}, {-128, 0, 127}, {0.5f, 0});
  CHECK(quantize.output(DType::kUInt8, {0.5f, 128}).values<uint8_t>() == std::vector<uint8_t>{0, 128, 255});
  CHECK(quantize.output(DType::kInt8, {1.0f, 10}).values<int8_t>() == I8{-54, 10, 74});
}

TEST_CASE("DEQUANTIZE needs a scale, widens float16 exactly and takes int8") {
  OneNode codes("DEQUANTIZE");
  codes.input<int8_t>({2}, {-128, 127}, {0.5f, -128});
  CHECK(codes.values<float>() == F32{0, 127.5f});
  OneNode halves("DEQUANTIZE");
  halves.input<Half>({2}, {to_half(1.5f), to_half(-65504.0f)});
  CHECK(halves.values<float>() == F32{1.5f, -65504.0f});
  OneNode bare("DEQUANTIZE");
  bare.input<int8_t>({1}, {0});
  CHECK(!bare.infer().has_value());
}

TEST_CASE("clamping activations keep infinities that they do not bound") {
  const float infinity = std::numeric_limits<float>::infinity();
  OneNode relu("RELU");
  CHECK(relu.input<float>({3}, {-1, 2, infinity}).values<float>() == F32{0, 2, infinity});
  OneNode relu6("RELU6");
  relu6.input<int8_t>({3}, {-5, 20, 100}, {0.1f, 0});
  CHECK(relu6.output(DType::kInt8, {0.05f, -10}).values<int8_t>() == I8{-10, 30, 110});
}

TEST_CASE("LOGISTIC has its output scale prescribed") {
  OneNode logistic("LOGISTIC");
  logistic.input<int8_t>({3}, {-128, 0, 127}, {0.1f, 0});
  CHECK(logistic.output(DType::kInt8, {1.0f / 256, -128}).values<int8_t>() == I8{-128, 0, 127});
  CHECK(!logistic.output(DType::kInt8, {1.0f / 128, -128}).infer().has_value());
  OneNode wide("LOGISTIC");
  wide.input<int16_t>({2}, {0, 32767}, {1.0f / 4096, 0});
  CHECK(wide.output(DType::kInt16, {1.0f / 32768, 0}).values<int16_t>()[0] == 16384);
}

TEST_CASE("leaky activations rescale the two signs on their own") {
  OneNode leaky("LEAKY_RELU");
  leaky.node().attributes.set("alpha", 0.5);
  leaky.input<int8_t>({3}, {-20, 0, 20}, {0.5f, 0});
  CHECK(leaky.output(DType::kInt8, {0.5f, 1}).values<int8_t>() == I8{-9, 1, 21});
  OneNode prelu("PRELU");
  prelu.input<float>({2, 2}, {-1, -1, 1, 1}).input<float>({2}, {0.5f, 2});
  CHECK(prelu.values<float>() == F32{-0.5f, -2, 1, 1});
}

TEST_CASE("CAST truncates, saturates and makes NaN zero") {
  OneNode cast("CAST");
  cast.input<float>({5}, {1.9f, -1.9f, 1e20f, -1e20f, std::nanf("")});
  const int32_t low = std::numeric_limits<int32_t>::min(), high = std::numeric_limits<int32_t>::max();
  CHECK(cast.output(DType::kInt32).values<int32_t>() == I32{1, -1, high, low, 0});
  CHECK(cast.output(DType::kUInt8).values<uint8_t>() == std::vector<uint8_t>{1, 0, 255, 0, 0});
  CHECK(!cast.output(DType::kComplex64).infer().has_value());
}

TEST_CASE("ROUND takes halves to the even integer") {
  OneNode round("ROUND");
  CHECK(round.input<float>({5}, {0.5f, 1.5f, -0.5f, -1.5f, 2.4f}).values<float>() == F32{0, 2, 0, -2, 2});
}

TEST_CASE("roots of negative codes are refused") {
  OneNode root("SQRT");
  root.input<int8_t>({1}, {-1}, {0.5f, 0});
  CHECK(!root.output(DType::kInt8, {0.5f, 0}).run().has_value());
}
