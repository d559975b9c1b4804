// ADD, SUB, MUL, and the operators of one operand: fast equals reference bit for bit.
#include <doctest/doctest.h>

#include "ops/core/fused_activation.h"
#include "ops/core/option.h"
#include "runtime/both_ways.h"

namespace pestle::runtime::testing {
namespace {

ir::Type quantized(DType dtype, Shape shape, float scale, int64_t zero_point) {
  return {dtype, std::move(shape), dtype == DType::kFloat32 ? nullptr : ir::per_tensor(scale, zero_point)};
}

int64_t random_zero_point(Random& random, DType dtype) {
  if (dtype == DType::kInt8) return random.integer(-128, 127);
  return dtype == DType::kUInt8 ? random.integer(0, 255) : 0;
}

ir::Type random_type(Random& random, DType dtype, Shape shape, double least_scale = 0.001) {
  return quantized(dtype, std::move(shape), static_cast<float>(random.real(least_scale, 4 * least_scale)),
                   random_zero_point(random, dtype));
}

struct Broadcast {
  Shape a, b;
};
const Broadcast kBroadcasts[] = {
    {{2, 5, 7, 3}, {2, 5, 7, 3}},
    {{1, 4, 4, 40}, {40}},
    {{1, 1, 1, 24}, {1, 6, 5, 24}},
    {{3, 33}, {}},
    {{}, {70}},
    {{4, 1, 9}, {4, 6, 9}},
    {{2, 3, 1, 8}, {3, 5, 1}},
    {{5, 1, 4, 1, 3}, {2, 1, 6, 3}},
    {{1}, {1}},
    {{3, 1}, {1, 700}},
    {{120, 100}, {120, 100}},
    {{2, 1, 3, 1, 2, 1}, {1, 4, 1, 5, 1, 3}},
};

TEST_CASE("ADD, SUB and MUL over every broadcast give the reference's bits") {
  Random random(11);
  for (const char* op : {"ADD", "SUB", "MUL"}) {
    for (DType dtype : {DType::kFloat32, DType::kInt8, DType::kUInt8, DType::kInt16}) {
      for (const Broadcast& shapes : kBroadcasts) {
        NodeCase c;
        c.node.op = op;
        c.node.attributes.set("pot_scale_int16", false);
        ops::kFusedActivation.set(c.node, static_cast<ops::FusedActivation>(random.integer(0, 3)));
        c.inputs = {random_type(random, dtype, shapes.a), random_type(random, dtype, shapes.b)};
        c.output = random_type(random, dtype, {}, std::string(op) == "MUL" ? 0.00001 : 0.003);
        INFO(std::string(op), " ", std::string(dtype_name(dtype)), " ", to_string(shapes.a), " and ",
             to_string(shapes.b));
        std::string kernel;
        CHECK(compare_case(c, random, &kernel) == "");
        CHECK(kernel != "reference");
      }
    }
  }
}

TEST_CASE("int16 ADD with scales that are powers of two shifts its operands") {
  Random random(12);
  NodeCase c;
  c.node.op = "ADD";
  c.inputs = {quantized(DType::kInt16, {3, 50}, 0.25f, 0), quantized(DType::kInt16, {3, 50}, 0.125f, 0)};
  c.output = quantized(DType::kInt16, {}, 0.25f, 0);
  CHECK(compare_case(c, random) == "");
}

TEST_CASE("ADD, SUB and MUL of plain integers run by the reference") {
  Random random(13);
  for (DType dtype : {DType::kInt32, DType::kInt64}) {
    NodeCase c;
    c.node.op = "ADD";
    c.inputs = {{dtype, {3, 4}, nullptr}, {dtype, {4}, nullptr}};
    c.output = {dtype, {}, nullptr};
    std::string kernel;
    CHECK(compare_case(c, random, &kernel) == "");
    CHECK(kernel == "reference");
  }
}

struct Unary {
  const char* op;
  std::vector<DType> types;
};
const Unary kUnary[] = {
    {"ELU", {DType::kFloat32, DType::kInt8}},
    {"GELU", {DType::kFloat32, DType::kInt8, DType::kUInt8}},
    {"EXP", {DType::kFloat32, DType::kInt8, DType::kInt16}},
    {"HARD_SWISH", {DType::kFloat32, DType::kInt8, DType::kUInt8}},
    {"RELU", {DType::kFloat32, DType::kInt8, DType::kUInt8, DType::kInt16}},
    {"RELU6", {DType::kFloat32, DType::kInt8, DType::kUInt8}},
    {"LEAKY_RELU", {DType::kFloat32, DType::kInt8, DType::kUInt8, DType::kInt16}},
};

TEST_CASE("operators of one operand give the reference's bits, 8-bit codes through a table") {
  Random random(14);
  for (const Unary& row : kUnary) {
    for (DType dtype : row.types) {
      for (const Shape& shape : {Shape{3, 5, 7}, Shape{1}, Shape{2, 9000}}) {
        NodeCase c;
        c.node.op = row.op;
        c.inputs = {random_type(random, dtype, shape)};
        c.output = random_type(random, dtype, {});
        INFO(std::string(row.op), " ", std::string(dtype_name(dtype)), " ", to_string(shape));
        std::string kernel;
        CHECK(compare_case(c, random, &kernel) == "");
        CHECK((dtype == DType::kInt8 ? kernel.find("table") != std::string::npos : kernel != "reference"));
      }
    }
  }
}

TEST_CASE("LOGISTIC, TANH and SOFTMAX with their fixed outputs give the reference's bits") {
  Random random(15);
  struct Fixed {
    const char* op;
    float scale8;
    int64_t zero8;
  };
  for (const Fixed& fixed :
       {Fixed{"LOGISTIC", 1.0f / 256, -128}, Fixed{"TANH", 1.0f / 128, 0}, Fixed{"SOFTMAX", 1.0f / 256, -128}}) {
    for (DType dtype : {DType::kFloat32, DType::kInt8, DType::kInt16}) {
      NodeCase c;
      c.node.op = fixed.op;
      if (std::string(fixed.op) == "SOFTMAX") ops::FloatOption{"beta", 0.0f}.set(c.node, 1.0f);
      c.inputs = {
          quantized(dtype, {11, 1000}, dtype == DType::kInt16 ? 1.0f / 4096 : 0.05f, dtype == DType::kInt16 ? 0 : 3)};
      c.output = dtype == DType::kInt16 ? quantized(dtype, {}, 1.0f / 32768, 0)
                                        : quantized(dtype, {}, fixed.scale8, fixed.zero8);
      INFO(std::string(fixed.op), " ", std::string(dtype_name(dtype)));
      std::string kernel;
      CHECK(compare_case(c, random, &kernel) == "");
      CHECK(kernel != "reference");
    }
  }
}

TEST_CASE("QUANTIZE and DEQUANTIZE give the reference's bits") {
  Random random(16);
  const DType all[] = {DType::kFloat32, DType::kInt8, DType::kUInt8, DType::kInt16};
  for (DType from : all) {
    for (DType to : all) {
      if (from == to && from == DType::kFloat32) continue;
      if (from == DType::kInt16 && to == DType::kUInt8) continue;  // no kernel in TFLite
      NodeCase c;
      c.node.op = to == DType::kFloat32 ? "DEQUANTIZE" : "QUANTIZE";
      c.inputs = {random_type(random, from, {3, 4001})};
      c.output = random_type(random, to, {});
      INFO(std::string(dtype_name(from)), " to ", std::string(dtype_name(to)));
      std::string kernel;
      CHECK(compare_case(c, random, &kernel) == "");
      CHECK(kernel != "reference");
    }
  }
}

TEST_CASE("QUANTIZE rounds halves away from zero and clamps infinities and NaN as the reference does") {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  std::vector<float> values = {0.5f,
                               -0.5f,
                               1.5f,
                               -1.5f,
                               2.5f,
                               -2.5f,
                               0.49999997f,
                               -0.49999997f,
                               1e30f,
                               -1e30f,
                               kInfinity,
                               -kInfinity,
                               std::numeric_limits<float>::quiet_NaN(),
                               126.5f,
                               127.5f,
                               -128.5f,
                               32766.5f,
                               -32768.5f,
                               65535.5f,
                               262144.5f,
                               -0.0f};
  const auto count = static_cast<int64_t>(values.size());
  for (DType to : {DType::kInt8, DType::kUInt8, DType::kInt16}) {
    NodeCase c;
    c.node.op = "QUANTIZE";
    c.inputs = {{DType::kFloat32, {count}, nullptr}};
    c.output = quantized(to, {}, 1.0f, to == DType::kInt16 ? 0 : 7);
    const Tensor inputs[] = {Tensor::of<float>({count}, values)};
    CHECK(compare_both_ways(c.module(), inputs) == "");
  }
}

}  // namespace
}  // namespace pestle::runtime::testing
