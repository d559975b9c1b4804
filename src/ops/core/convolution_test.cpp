// Convolutions, FULLY_CONNECTED, pools and resizing by hand: shapes, errors, one numeric case a kind of arithmetic.
#include <doctest/doctest.h>

#include "ops/core/one_node.h"
#include "ops/core/window.h"

using namespace pestle;
using namespace pestle::ops;
using F32 = std::vector<float>;
using I8 = std::vector<int8_t>;

namespace {

OneNode& strided(OneNode& node, int64_t stride, Padding padding) {
  kStrideH.set(node.node(), stride);
  kStrideW.set(node.node(), stride);
  kPadding.set(node.node(), padding);
  return node;
}

}  // namespace

TEST_CASE("SAME pads the odd pixel after, VALID not at all") {
  OneNode conv("CONV_2D");
  conv.input<float>({1, 1, 4, 1}, {1, 2, 3, 4}).input<float>({1, 1, 2, 1}, {1, 10}).input<float>({1}, {100});
  CHECK(strided(conv, 1, Padding::kSame).values<float>() == F32{121, 132, 143, 104});
  CHECK(strided(conv, 1, Padding::kValid).values<float>() == F32{121, 132, 143});
  CHECK(strided(conv, 2, Padding::kValid).values<float>() == F32{121, 143});
}

TEST_CASE("a window that does not fit, a stride of zero and odd channels are refused") {
  OneNode conv("CONV_2D");
  conv.input<float>({1, 1, 1, 1}, {1}).input<float>({1, 1, 2, 1}, {1, 1});
  CHECK(!strided(conv, 1, Padding::kValid).infer().has_value());
  CHECK(!strided(conv, 0, Padding::kSame).infer().has_value());
  OneNode channels("CONV_2D");
  channels.input<float>({1, 1, 1, 3}, {1, 2, 3}).input<float>({1, 1, 1, 2}, {1, 1});
  CHECK(!strided(channels, 1, Padding::kSame).infer().has_value());
}

TEST_CASE("a grouped convolution reads the channels of its group") {
  OneNode conv("CONV_2D");
  conv.input<float>({1, 1, 1, 2}, {3, 5}).input<float>({2, 1, 1, 1}, {10, 100});
  CHECK(strided(conv, 1, Padding::kSame).values<float>() == F32{30, 500});
}

TEST_CASE("channels have scales of their own") {
  OneNode conv("CONV_2D");
  conv.input<int8_t>({1, 1, 1, 1}, {11}, {0.5f, 1}).input<int8_t>({2, 1, 1, 1}, {4, 4}).per_channel({0.5f, 0.25f}, 0);
  conv.input<int32_t>({2}, {0, 8}).output(DType::kInt8, {1.0f, -3});
  CHECK(strided(conv, 1, Padding::kSame).values<int8_t>() == I8{7, 3});
  OneNode depthwise("DEPTHWISE_CONV_2D");
  depthwise.input<int8_t>({1, 1, 1, 1}, {11}, {0.5f, 1})
      .input<int8_t>({1, 1, 1, 2}, {4, 4})
      .per_channel({0.5f, 0.25f}, 3);
  depthwise.input<int32_t>({2}, {0, 8}).output(DType::kInt8, {1.0f, -3});
  CHECK(strided(depthwise, 1, Padding::kSame).values<int8_t>() == I8{7, 3});
}

TEST_CASE("TRANSPOSE_CONV spreads each pixel over its window") {
  OneNode conv("TRANSPOSE_CONV");
  conv.input<int32_t>({4}, {1, 1, 5, 1}).input<float>({1, 1, 3, 1}, {1, 2, 3}).input<float>({1, 1, 2, 1}, {10, 100});
  CHECK(strided(conv.known(), 2, Padding::kValid).values<float>() == F32{10, 20, 130, 200, 300});
  OneNode misfit("TRANSPOSE_CONV");
  misfit.input<int32_t>({4}, {1, 1, 5, 2}).input<float>({1, 1, 3, 1}, {1, 2, 3}).input<float>({1, 1, 2, 1}, {10, 100});
  CHECK(!strided(misfit.known(), 2, Padding::kValid).infer().has_value());
}

TEST_CASE("FULLY_CONNECTED rounds in double and keeps leading axes on request") {
  OneNode dense("FULLY_CONNECTED");
  dense.input<int8_t>({1, 2, 2}, {1, 2, 3, 4}, {1.0f, 0}).input<int8_t>({1, 2}, {1, 2}, {1.0f, 0});
  dense.output(DType::kInt8, {2.0f, 10});
  CHECK(dense.values<int8_t>() == I8{13, 16});
  CHECK(to_string(dense.infer()->shape) == "2x1");
  dense.node().attributes.set("keep_num_dims", true);
  CHECK(to_string(dense.infer()->shape) == "1x2x1");
}

TEST_CASE("pools count only the pixels inside the image and round halves away from zero") {
  OneNode average("AVERAGE_POOL_2D");
  average.input<int8_t>({1, 1, 3, 1}, {1, 2, -5}, {0.5f, 0}).output(DType::kInt8, {0.5f, 0});
  average.node().attributes.set("filter_height", int64_t{1});
  average.node().attributes.set("filter_width", int64_t{2});
  CHECK(strided(average, 1, Padding::kSame).values<int8_t>() == I8{2, -2, -5});
  OneNode largest("MAX_POOL_2D");
  largest.input<float>({1, 1, 3, 1}, {1, 2, -5});
  largest.node().attributes = average.node().attributes;
  CHECK(largest.values<float>() == F32{2, 2, -5});
}

TEST_CASE("resizing reads between pixels, or the nearest one") {
  OneNode bilinear("RESIZE_BILINEAR");
  bilinear.input<float>({1, 1, 2, 1}, {0, 10}).input<int32_t>({2}, {1, 4}).known();
  CHECK(bilinear.values<float>() == F32{0, 5, 10, 10});
  bilinear.node().attributes.set("half_pixel_centers", true);
  CHECK(bilinear.values<float>() == F32{0, 2.5f, 7.5f, 10});
  OneNode nearest("RESIZE_NEAREST_NEIGHBOR");
  nearest.input<float>({1, 1, 2, 1}, {0, 10}).input<int32_t>({2}, {1, 3}).known();
  CHECK(nearest.values<float>() == F32{0, 0, 10});
  OneNode none("RESIZE_BILINEAR");
  none.input<float>({1, 1, 2, 1}, {0, 10}).input<int32_t>({2}, {1, 0}).known();
  CHECK(!none.infer().has_value());
}
