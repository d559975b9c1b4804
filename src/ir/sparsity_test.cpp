#include "ir/sparsity.h"

#include <doctest/doctest.h>

using namespace pestle;
using namespace pestle::ir;

namespace {

// 2x4 with the stored elements 1..4 in blocks of 1x2 at (0, block 1) and (1, block 0).
Value blocked() {
  Value value;
  value.name = "w";
  value.type = {DType::kInt8, {2, 4}, nullptr};
  const std::vector<int8_t> stored = {1, 2, 3, 4};
  value.data = std::make_shared<const Bytes>(Bytes::copy_of(std::as_bytes(std::span(stored))));
  Sparsity sparsity;
  sparsity.traversal_order = {0, 1, 2};
  sparsity.block_map = {1};
  sparsity.dimensions.resize(3);
  sparsity.dimensions[0].dense_size = 2;
  sparsity.dimensions[1].sparse = true;
  sparsity.dimensions[1].segments = {0, 1, 2};
  sparsity.dimensions[1].indices = {1, 0};
  sparsity.dimensions[2].dense_size = 2;
  value.sparsity = std::make_shared<const Sparsity>(sparsity);
  return value;
}

Value changed(void (*change)(Sparsity&)) {
  Value value = blocked();
  Sparsity sparsity = *value.sparsity;
  change(sparsity);
  value.sparsity = std::make_shared<const Sparsity>(sparsity);
  return value;
}

}  // namespace

TEST_CASE("a sparse constant in full has its elements in the places of its blocks") {
  const auto dense = densify(blocked());
  REQUIRE(dense);
  const std::vector<int8_t> expected = {0, 0, 1, 2, 3, 4, 0, 0};
  CHECK(std::equal(expected.begin(), expected.end(), reinterpret_cast<const int8_t*>(dense->data())));
}

TEST_CASE("a sparse constant that contradicts itself is refused") {
  CHECK_FALSE(densify(changed([](Sparsity& s) { s.dimensions[1].indices[0] = 2; })));
  CHECK_FALSE(densify(changed([](Sparsity& s) { s.dimensions[1].indices[0] = -1; })));
  CHECK_FALSE(densify(changed([](Sparsity& s) { s.dimensions[1].segments = {0, 1}; })));
  CHECK_FALSE(densify(changed([](Sparsity& s) { s.dimensions[1].segments = {0, 3, 2}; })));
  CHECK_FALSE(densify(changed([](Sparsity& s) { s.dimensions[0].dense_size = 3; })));
  CHECK_FALSE(densify(changed([](Sparsity& s) { s.dimensions[2].dense_size = 3; })));
  CHECK_FALSE(densify(changed([](Sparsity& s) { s.traversal_order = {0, 1, 1}; })));
  CHECK_FALSE(densify(changed([](Sparsity& s) { s.block_map = {2}; })));
  CHECK_FALSE(densify(changed([](Sparsity& s) { s.dimensions.pop_back(); })));
}
