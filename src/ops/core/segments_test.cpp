// Operators whose result depends on ids, places or contents.
#include <doctest/doctest.h>

#include <limits>

#include "ops/core/one_node.h"

using namespace pestle;
using namespace pestle::ops;

TEST_CASE("rows with one id become one row; rows with negative ids are left out") {
  OneNode sum("UNSORTED_SEGMENT_SUM"), most("UNSORTED_SEGMENT_MAX");
  for (OneNode* node : {&sum, &most}) {
    node->input<int32_t>({4, 1}, {1, 2, 30, 4}).input<int32_t>({4}, {1, 0, -1, 1}).input<int32_t>({}, {3}).known();
  }
  CHECK(sum.infer()->shape == Shape{3, 1});
  CHECK(sum.values<int32_t>() == std::vector<int32_t>{2, 5, 0});
  CHECK(most.values<int32_t>() == std::vector<int32_t>{2, 4, std::numeric_limits<int32_t>::lowest()});
}

TEST_CASE("an id beyond the segments is an error") {
  OneNode node("UNSORTED_SEGMENT_SUM");
  node.input<int32_t>({1}, {1}).input<int32_t>({1}, {2}).input<int32_t>({}, {2}).known();
  CHECK_FALSE(node.run());
}

TEST_CASE("SEGMENT_SUM has as many rows as known ids tell, and refuses ids that fall") {
  OneNode node("SEGMENT_SUM"), falls("SEGMENT_SUM");
  node.input<float>({3}, {1, 2, 4}).input<int32_t>({3}, {0, 0, 1});
  CHECK(node.infer()->shape == Shape{kUnknown});
  CHECK(node.known().values<float>() == std::vector<float>{3, 4});
  CHECK_FALSE(falls.input<float>({2}, {1, 2}).input<int32_t>({2}, {0, 2}).known().infer());
}

TEST_CASE("UNIQUE counts different elements where they are known") {
  ir::Node unused;
  const ir::Type type{DType::kInt32, {4}, nullptr};
  const std::vector<int32_t> values = {7, 3, 7, 1};
  Inference known(unused, {{&type, reinterpret_cast<const std::byte*>(values.data())}}, {{}, {}});
  REQUIRE(find("UNIQUE")->infer(known));
  const std::vector<ir::Type> outputs = known.take_outputs();
  CHECK(outputs[0].shape == Shape{3});
  CHECK(outputs[1].shape == Shape{4});
}

TEST_CASE("EMBEDDING_LOOKUP takes rows of the table and refuses others") {
  OneNode node("EMBEDDING_LOOKUP"), beyond("EMBEDDING_LOOKUP");
  node.input<int32_t>({2}, {1, 0}).input<int8_t>({2, 2}, {1, 2, 3, 4}, {0.5f, 0}).output(DType::kFloat32);
  CHECK(node.values<float>() == std::vector<float>{1.5f, 2, 0.5f, 1});
  CHECK_FALSE(beyond.input<int32_t>({1}, {2}).input<float>({2, 1}, {1, 2}).run());
}

TEST_CASE("DYNAMIC_UPDATE_SLICE moves a start that would lead outside") {
  OneNode node("DYNAMIC_UPDATE_SLICE");
  node.input<int32_t>({4}, {1, 2, 3, 4}).input<int32_t>({2}, {8, 9}).input<int32_t>({1}, {7});
  CHECK(node.values<int32_t>() == std::vector<int32_t>{1, 2, 8, 9});
}

TEST_CASE("SPARSE_TO_DENSE refuses a place outside the result") {
  OneNode node("SPARSE_TO_DENSE"), beyond("SPARSE_TO_DENSE");
  node.input<int32_t>({1, 2}, {1, 0})
      .input<int32_t>({2}, {2, 2})
      .input<int32_t>({}, {5})
      .input<int32_t>({}, {1})
      .known();
  CHECK(node.values<int32_t>() == std::vector<int32_t>{1, 1, 5, 1});
  beyond.input<int32_t>({1}, {2}).input<int32_t>({1}, {2}).input<int32_t>({}, {5}).input<int32_t>({}, {1}).known();
  CHECK_FALSE(beyond.run());
}

TEST_CASE("a divisor of 0 is an error for integers only") {
  OneNode whole("FLOOR_DIV"), real("FLOOR_DIV");
  CHECK_FALSE(whole.input<int32_t>({1}, {1}).input<int32_t>({1}, {0}).run());
  CHECK(real.input<float>({1}, {1}).input<float>({1}, {0}).run());
}

TEST_CASE("SPACE_TO_BATCH_ND refuses blocks that do not come out even") {
  OneNode node("SPACE_TO_BATCH_ND"), odd("SPACE_TO_BATCH_ND");
  node.input<int32_t>({1, 2, 2, 1}, {1, 2, 3, 4})
      .input<int32_t>({2}, {2, 1})
      .input<int32_t>({2, 2}, {0, 0, 0, 0})
      .known();
  CHECK(node.infer()->shape == Shape{2, 1, 2, 1});
  CHECK(node.values<int32_t>() == std::vector<int32_t>{1, 2, 3, 4});
  odd.input<int32_t>({1, 3, 2, 1}, {1, 2, 3, 4, 5, 6}).input<int32_t>({2}, {2, 1}).input<int32_t>({2, 2}, {0, 0, 0, 0});
  CHECK_FALSE(odd.known().infer());
}

TEST_CASE("REDUCE_WINDOW refuses windows that would end outside the input") {
  OneNode node("REDUCE_WINDOW"), outside("REDUCE_WINDOW");
  for (OneNode* each : {&node, &outside}) each->node().attributes.set("reduce_function", std::string("ADD"));
  node.input<int32_t>({3}, {1, 2, 4}).input<int32_t>({}, {10}).input<int64_t>({1}, {1}).input<int64_t>({1}, {2});
  CHECK(node.input<int64_t>({1}, {1}).known().values<int32_t>() == std::vector<int32_t>{11, 14});
  outside.input<int32_t>({4}, {1, 2, 4, 8}).input<int32_t>({}, {0}).input<int64_t>({1}, {1}).input<int64_t>({1}, {2});
  CHECK_FALSE(outside.input<int64_t>({1}, {1}).known().infer());
}
