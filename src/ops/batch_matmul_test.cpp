#include "ops/core/batch_matmul.h"

#include <doctest/doctest.h>

#include "ops/core/one_node.h"

using namespace pestle;
using namespace pestle::ops;

TEST_CASE("BATCH_MATMUL multiplies the last two axes and broadcasts the others") {
  OneNode node("BATCH_MATMUL");
  node.input<float>({2, 1, 2}, {1, 2, 3, 4}).input<float>({2, 2}, {1, 0, 10, 1});
  CHECK(node.infer()->shape == Shape{2, 1, 2});
  CHECK(node.values<float>() == std::vector<float>{21, 2, 43, 4});
}

TEST_CASE("adj_x and adj_y say that an operand is stored the other way round") {
  OneNode node("BATCH_MATMUL");
  kAdjX.set(node.node(), true);
  kAdjY.set(node.node(), true);
  node.input<float>({2, 3}, {1, 2, 3, 4, 5, 6}).input<float>({1, 2}, {1, 10});
  CHECK(node.infer()->shape == Shape{3, 1});
  CHECK(node.values<float>() == std::vector<float>{41, 52, 63});
}

TEST_CASE("products of int8 codes take off zero points and rescale") {
  OneNode node("BATCH_MATMUL");
  node.input<int8_t>({1, 2}, {3, 5}, {0.5f, 1}).input<int8_t>({2, 1}, {4, 6}, {0.5f, 2}).output(DType::kInt8, {1, -3});
  // (2 * 2 + 4 * 4) / 4 = 5 real units
  CHECK(node.values<int8_t>() == std::vector<int8_t>{2});
}

TEST_CASE("int8 codes summed into int32 stay as they are") {
  OneNode node("BATCH_MATMUL");
  node.input<int8_t>({1, 2}, {3, 5}, {0.5f, 1}).input<int8_t>({2, 1}, {4, 6}, {0.5f, 2}).output(DType::kInt32);
  CHECK(node.values<int32_t>() == std::vector<int32_t>{42});
}

TEST_CASE("a hybrid product scales every column by its own scale") {
  OneNode node("BATCH_MATMUL");
  node.input<float>({1, 1}, {2}).input<int8_t>({1, 2}, {1, 1}, {1, 0}).per_channel({1, 3}, 1);
  CHECK(node.values<float>() == std::vector<float>{2, 6});
}

TEST_CASE("matrices that do not fit are refused") {
  OneNode depth("BATCH_MATMUL"), batches("BATCH_MATMUL"), rank("BATCH_MATMUL");
  CHECK_FALSE(depth.input<float>({1, 2}, {1, 2}).input<float>({1, 2}, {1, 2}).infer());
  CHECK_FALSE(batches.input<float>({2, 1, 1}, {1, 2}).input<float>({3, 1, 1}, {1, 2, 3}).infer());
  CHECK_FALSE(rank.input<float>({1}, {1}).input<float>({1, 1}, {1}).infer());
}
