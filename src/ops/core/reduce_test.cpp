// Reductions and operators over one axis by hand.
#include <doctest/doctest.h>

#include "ops/core/one_node.h"

using namespace pestle;
using namespace pestle::ops;
using F32 = std::vector<float>;
using I8 = std::vector<int8_t>;
using I32 = std::vector<int32_t>;

TEST_CASE("axes count from the end if negative, repeats do not matter, none means elementwise") {
  OneNode sum("SUM");
  sum.input<float>({2, 2}, {1, 2, 3, 4}).input<int32_t>({2}, {-1, 1}).known();
  CHECK(sum.values<float>() == F32{3, 7});
  CHECK(to_string(sum.infer()->shape) == "2");
  sum.node().attributes.set("keep_dims", true);
  CHECK(to_string(sum.infer()->shape) == "2x1");
  OneNode none("SUM");
  none.input<float>({2}, {1, 2}).input<int32_t>({0}, {}).known();
  CHECK(none.values<float>() == F32{1, 2});
}

TEST_CASE("an axis outside the input is refused, axes unknown before the run leave extents unknown") {
  OneNode mean("MEAN");
  mean.input<float>({2, 2}, {1, 2, 3, 4}).input<int32_t>({1}, {2});
  CHECK(to_string(mean.infer()->shape) == "?");
  CHECK(!mean.known().infer().has_value());
}

TEST_CASE("quantized reductions rescale to the output") {
  OneNode mean("MEAN");
  mean.input<int8_t>({1, 4}, {1, 2, 3, 6}, {0.5f, 1}).input<int32_t>({1}, {1}).known();
  CHECK(mean.output(DType::kInt8, {0.25f, 0}).values<int8_t>() == I8{4});
  OneNode sum("SUM");
  sum.input<int8_t>({1, 4}, {1, 2, 3, 6}, {0.5f, 1}).input<int32_t>({1}, {1}).known();
  CHECK(sum.output(DType::kInt8, {1.0f, 10}).values<int8_t>() == I8{14});
  OneNode product("REDUCE_PROD");
  product.input<int8_t>({2}, {6, 4}, {1.0f, 0}).input<int32_t>({1}, {0}).known();
  CHECK(product.output(DType::kInt8, {1.0f, 0}).values<int8_t>() == I8{24});
}

TEST_CASE("extrema, any and all") {
  OneNode largest("REDUCE_MAX");
  largest.input<int32_t>({3}, {-3, -1, -2}).input<int32_t>({1}, {0}).known();
  CHECK(largest.values<int32_t>() == I32{-1});
  OneNode smallest("REDUCE_MIN");
  smallest.input<int32_t>({3}, {-3, -1, -2}).input<int32_t>({1}, {0}).known();
  CHECK(smallest.values<int32_t>() == I32{-3});
  for (const char* op : {"REDUCE_ANY", "REDUCE_ALL"}) {
    OneNode logical(op);
    logical.input<int32_t>({1}, {1});
    CHECK(!logical.infer().has_value());
  }
}

TEST_CASE("ARG_MAX and ARG_MIN take the first of equals and need an index type") {
  OneNode largest("ARG_MAX");
  largest.input<float>({2, 3}, {1, 5, 5, 7, 7, 2}).input<int32_t>({}, {-1}).known();
  CHECK(!largest.infer().has_value());
  largest.node().attributes.set("output_type", std::string("INT32"));
  CHECK(largest.values<int32_t>() == I32{1, 0});
  OneNode smallest("ARG_MIN");
  smallest.input<float>({2, 3}, {1, 5, 5, 7, 7, 2}).input<int32_t>({}, {0}).known();
  smallest.node().attributes.set("output_type", std::string("INT64"));
  CHECK(smallest.values<int64_t>() == std::vector<int64_t>{0, 0, 1});
}

TEST_CASE("SOFTMAX of equal codes shares the whole, LOG_SOFTMAX its logarithm") {
  OneNode softmax("SOFTMAX");
  softmax.input<int8_t>({1, 4}, {5, 5, 5, 5}, {0.1f, 0}).output(DType::kInt8, {1.0f / 256, -128});
  softmax.node().attributes.set("beta", 1.0);
  CHECK(softmax.values<int8_t>() == I8{-64, -64, -64, -64});
  CHECK(softmax.output(DType::kInt16, {1.0f / 32768, 0}).infer()->dtype == DType::kInt16);
  OneNode log_softmax("LOG_SOFTMAX");
  log_softmax.input<int8_t>({1, 4}, {5, 5, 5, 5}, {0.1f, 0}).output(DType::kInt8, {16.0f / 256, 127});
  CHECK(log_softmax.values<int8_t>() == I8{105, 105, 105, 105});
  OneNode wide("SOFTMAX");
  wide.input<int16_t>({1, 2}, {100, 100}, {0.01f, 0}).output(DType::kInt16, {1.0f / 32768, 0});
  wide.node().attributes.set("beta", 1.0);
  CHECK(wide.values<int16_t>() == std::vector<int16_t>{16384, 16384});
}
