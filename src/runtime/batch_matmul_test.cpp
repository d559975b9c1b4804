// BATCH_MATMUL and sparse constants in a plan.
#include "ops/core/batch_matmul.h"

#include <doctest/doctest.h>

#include "runtime/both_ways.h"

namespace pestle::runtime::testing {
namespace {

ir::Type typed(Random& random, DType dtype, Shape shape) {
  ir::Type type{dtype, std::move(shape), nullptr};
  if (dtype == DType::kInt8)
    type.quantization = ir::per_tensor(static_cast<float>(random.real(0.01, 0.05)), random.integer(-128, 127));
  return type;
}

struct Operands {
  Shape x, y, output;
  bool adj_x = false, adj_y = false;
};

Operands draw(Random& random, int64_t rows) {
  const int64_t depth = random.integer(1, 70), columns = random.integer(1, 40), batches = random.integer(1, 3);
  Operands o{{}, {}, {2, batches, rows, columns}, random.integer(0, 1) == 1, random.integer(0, 1) == 1};
  // Axes of batches that both have, that one lacks, and that one repeats.
  o.x = random.integer(0, 1) == 1 ? Shape{2, batches} : Shape{2, 1};
  o.y = o.x[1] == batches ? Shape{1} : Shape{batches};
  for (int64_t extent : {o.adj_x ? depth : rows, o.adj_x ? rows : depth}) o.x.push_back(extent);
  for (int64_t extent : {o.adj_y ? columns : depth, o.adj_y ? depth : columns}) o.y.push_back(extent);
  return o;
}

NodeCase make_case(Random& random, DType dtype, const Operands& o, bool constant) {
  NodeCase c;
  c.node.op = "BATCH_MATMUL";
  ops::kAdjX.set(c.node, o.adj_x);
  ops::kAdjY.set(c.node, o.adj_y);
  c.inputs = {typed(random, dtype, o.x)};
  const ir::Type y = typed(random, dtype, o.y);
  if (constant) {
    c.add_constant(random_tensor(random, y), y.quantization);
  } else {
    c.inputs.push_back(y);
  }
  c.output = typed(random, dtype, o.output);
  return c;
}

TEST_CASE("BATCH_MATMUL of floats and of int8 gives the reference's bits, whichever operand is constant") {
  Random random(51);
  for (DType dtype : {DType::kFloat32, DType::kInt8}) {
    for (int round = 0; round < 8; ++round) {
      const int64_t rows[] = {1, 3, 8, 37};
      const NodeCase c = make_case(random, dtype, draw(random, rows[round / 2]), round % 2 == 1);
      std::string kernel;
      CHECK(compare_case(c, random, &kernel) == "");
      CHECK(kernel != "reference");
    }
  }
}

TEST_CASE("a constant that is stored sparse runs as if it were stored in full") {
  Random random(52);
  NodeCase c;
  c.node.op = "ADD";
  c.inputs = {{DType::kFloat32, {2, 2}, nullptr}};
  const std::vector<float> stored = {5, 7};
  c.add_constant(Tensor::of<float>({2}, stored));
  c.output = c.inputs[0];
  ir::Module module = c.module();
  ir::Value& value = module.graphs[0].values[1];
  value.type.shape = {2, 2};
  ir::Sparsity sparsity;
  sparsity.traversal_order = {0, 1};
  sparsity.dimensions.resize(2);
  sparsity.dimensions[0].dense_size = 2;
  sparsity.dimensions[1] = {.sparse = true, .segments = {0, 1, 2}, .indices = {1, 0}};
  value.sparsity = std::make_shared<const ir::Sparsity>(sparsity);
  const Tensor inputs[] = {Tensor::of<float>({2, 2}, std::vector<float>{1, 2, 3, 4})};
  const Outcome outcome = run_module(module, inputs, true, 1);
  REQUIRE(outcome.error == "");
  const auto values = outcome.outputs[0].view().values<float>();
  CHECK(std::vector<float>(values.begin(), values.end()) == std::vector<float>{1, 7, 10, 4});
}

}  // namespace
}  // namespace pestle::runtime::testing
