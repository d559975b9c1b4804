// CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED: fast equals reference bit for bit, floats included (the kernels and
// the references add in the same order).
#include <doctest/doctest.h>

#include "ops/core/fused_activation.h"
#include "ops/core/hybrid.h"
#include "ops/core/window.h"
#include "runtime/both_ways.h"

namespace pestle::runtime::testing {
namespace {

struct Kind {
  const char* name;
  DType activations, weights, bias;
  bool per_channel;
};
const Kind kKinds[] = {
    {"float32", DType::kFloat32, DType::kFloat32, DType::kFloat32, false},
    {"int8", DType::kInt8, DType::kInt8, DType::kInt32, false},
    {"int8 per channel", DType::kInt8, DType::kInt8, DType::kInt32, true},
    {"uint8", DType::kUInt8, DType::kUInt8, DType::kInt32, false},
    {"int16x8", DType::kInt16, DType::kInt8, DType::kInt64, true},
    {"int8 x int4", DType::kInt8, DType::kInt4, DType::kInt32, true},
    {"hybrid", DType::kFloat32, DType::kInt8, DType::kFloat32, false},
    {"hybrid per channel", DType::kFloat32, DType::kInt8, DType::kFloat32, true},
};

int64_t random_zero_point(Random& random, DType dtype) {
  if (dtype == DType::kInt8) return random.integer(-128, 127);
  return dtype == DType::kUInt8 ? random.integer(0, 255) : 0;
}

std::shared_ptr<const ir::Quantization> activation_scale(Random& random, DType dtype, double scale) {
  if (dtype == DType::kFloat32) return nullptr;
  return ir::per_tensor(static_cast<float>(random.real(scale, 3 * scale)), random_zero_point(random, dtype));
}

std::shared_ptr<const ir::Quantization> weight_scale(Random& random, const Kind& kind, int64_t channels, int axis) {
  if (kind.weights == DType::kFloat32) return nullptr;
  if (!kind.per_channel)
    return ir::per_tensor(static_cast<float>(random.real(0.01, 0.02)),
                          kind.weights == DType::kUInt8 ? random.integer(0, 255) : 0);
  auto q = std::make_shared<ir::Quantization>();
  q->axis = axis;
  for (int64_t o = 0; o < channels; ++o) {
    q->scale.push_back(static_cast<float>(random.real(0.001, 0.02)));
    q->zero_point.push_back(0);
  }
  return q;
}

Tensor random_bias(Random& random, DType dtype, int64_t channels) {
  Tensor bias(dtype, {channels});
  for (int64_t o = 0; o < channels; ++o) {
    if (dtype == DType::kFloat32) bias.data<float>()[o] = static_cast<float>(random.real(-1, 1));
    if (dtype == DType::kInt32) bias.data<int32_t>()[o] = static_cast<int32_t>(random.integer(-5000, 5000));
    if (dtype == DType::kInt64) bias.data<int64_t>()[o] = random.integer(-5000000, 5000000);
  }
  return bias;
}

void set_window(Random& random, ir::Node& node) {
  ops::kStrideH.set(node, random.integer(1, 2));
  ops::kStrideW.set(node, random.integer(1, 2));
  ops::kPadding.set(node, static_cast<ops::Padding>(random.integer(0, 1)));
  if (random.integer(0, 3) == 0) ops::kDilationH.set(node, 2), ops::kDilationW.set(node, 2);
}

// Operands 1 and 2, and the types of input and output.
struct Layer {
  Shape input, filter;
  int64_t channels;
  int axis;
};
void complete(Random& random, const Kind& kind, const Layer& layer, NodeCase& c) {
  ops::kFusedActivation.set(c.node, static_cast<ops::FusedActivation>(random.integer(0, 3)));
  c.inputs = {{kind.activations, layer.input, activation_scale(random, kind.activations, 0.01)}};
  c.output = {
      kind.activations, {}, activation_scale(random, kind.activations, kind.activations == DType::kInt16 ? 0.1 : 0.2)};
  c.add_constant(random_tensor(random, {kind.weights, layer.filter, nullptr}),
                 weight_scale(random, kind, layer.channels, layer.axis));
  if (random.integer(0, 4) != 0) c.add_constant(random_bias(random, kind.bias, layer.channels));
}

void expect_same(const NodeCase& c, const Kind& kind, Random& random) {
  INFO(c.node.op, " ", std::string(kind.name), " ", to_string(c.inputs[0].shape), " by ",
       to_string(c.constants[0].shape()));
  std::string kernel;
  CHECK(compare_case(c, random, &kernel) == "");
  const bool has_kernel = kind.weights != DType::kInt4 || c.node.op != "DEPTHWISE_CONV_2D";
  CHECK((kernel == "reference") == !has_kernel);
}

TEST_CASE("CONV_2D of every type gives the reference's bits, grouped or not") {
  Random random(31);
  for (const Kind& kind : kKinds) {
    for (int round = 0; round < 16; ++round) {
      const int64_t groups = round % 4 == 3 ? random.integer(2, 4) : 1;
      const int64_t size = round % 3 == 0 ? 1 : 3;
      const int64_t in = random.integer(1, 20), channels = groups * random.integer(1, 24);
      NodeCase c;
      c.node.op = "CONV_2D";
      set_window(random, c.node);
      if (round % 6 == 0) ops::kStrideH.set(c.node, 1), ops::kStrideW.set(c.node, 1);
      complete(random, kind,
               {{random.integer(1, 2), random.integer(5, 11), random.integer(5, 11), groups * in},
                {channels, size, size, in},
                channels,
                0},
               c);
      expect_same(c, kind, random);
    }
  }
}

TEST_CASE("DEPTHWISE_CONV_2D of every type and multiplier gives the reference's bits") {
  Random random(32);
  for (const Kind& kind : kKinds) {
    for (int round = 0; round < 12; ++round) {
      const int64_t multiplier = round % 4 == 3 ? random.integer(2, 3) : 1;
      const int64_t size = random.integer(1, 5);
      const int64_t in = random.integer(1, 80);
      NodeCase c;
      c.node.op = "DEPTHWISE_CONV_2D";
      set_window(random, c.node);
      complete(random, kind,
               {{random.integer(1, 2), random.integer(9, 12), random.integer(9, 12), in},
                {1, size, size, in * multiplier},
                in * multiplier,
                3},
               c);
      expect_same(c, kind, random);
    }
  }
}

TEST_CASE("FULLY_CONNECTED of every type gives the reference's bits") {
  Random random(33);
  std::vector<Kind> kinds(std::begin(kKinds), std::end(kKinds));
  kinds.push_back({"hybrid int4", DType::kFloat32, DType::kInt4, DType::kFloat32, true});
  for (const Kind& kind : kinds) {
    for (int64_t rows : {1, 2, 9, 40}) {
      const int64_t in = random.integer(1, 90), channels = random.integer(1, 70);
      NodeCase c;
      c.node.op = "FULLY_CONNECTED";
      if (rows > 2) ops::kAsymmetricInputs.set(c.node, true);
      complete(random, kind, {{rows, in}, {channels, in}, channels, 0}, c);
      expect_same(c, kind, random);
    }
  }
}

TEST_CASE("a hybrid layer of zeros gives its bias") {
  Random random(34);
  const Kind& kind = kKinds[7];
  NodeCase c;
  c.node.op = "CONV_2D";
  ops::kStrideH.set(c.node, 1), ops::kStrideW.set(c.node, 1);
  complete(random, kind, {{1, 4, 4, 3}, {5, 3, 3, 3}, 5, 0}, c);
  const Tensor zeros[] = {Tensor(DType::kFloat32, {1, 4, 4, 3})};
  CHECK(compare_both_ways(c.module(), zeros) == "");
}

}  // namespace
}  // namespace pestle::runtime::testing
