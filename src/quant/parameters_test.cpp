#include "quant/parameters.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace pestle;
using namespace pestle::quant;

namespace {

ConstTensorView view_of(const std::vector<float>& values, Shape shape) {
  return {DType::kFloat32, std::move(shape), std::as_bytes(std::span(values))};
}

std::vector<int> codes_of(const std::vector<std::byte>& bytes) {
  std::vector<int> codes;
  for (std::byte byte : bytes) codes.push_back(static_cast<int8_t>(byte));
  return codes;
}

}  // namespace

TEST_CASE("an activation's range always holds zero") {
  struct Row {
    Range range;
    float scale;
    int64_t zero_point;
  };
  for (const Row& row : {Row{{0.0f, 255.0f}, 1.0f, -128}, Row{{10.0f, 255.0f}, 1.0f, -128},
                         Row{{-255.0f, -1.0f}, 1.0f, 127}, Row{{-1.0f, 1.0f}, 2.0f / 255.0f, -1}}) {
    const Storage storage = activation_storage(row.range, DType::kInt8);
    CHECK(storage.scale[0] == doctest::Approx(row.scale));
    CHECK(std::abs(storage.zero_point[0] - row.zero_point) <= 1);
  }
}

TEST_CASE("a range of nothing still gets a usable scale") {
  for (DType dtype : {DType::kInt8, DType::kInt16}) {
    const Storage storage = activation_storage({0.0f, 0.0f}, dtype);
    CHECK(storage.scale[0] > 0.0f);
    CHECK(std::isnormal(storage.scale[0]));
  }
  const std::vector<float> zeros(4, 0.0f);
  CHECK(weight_storage(view_of(zeros, {2, 2}), DType::kInt8, 0).scale[1] > 0.0f);
}

TEST_CASE("int16 activations are symmetric with zero point 0") {
  const Storage storage = activation_storage({-2.0f, 1.0f}, DType::kInt16);
  CHECK(storage.zero_point[0] == 0);
  CHECK(storage.scale[0] == doctest::Approx(2.0f / 32767.0f));
}

TEST_CASE("weights are symmetric and narrow, one scale for each slice of the axis") {
  const std::vector<float> weights = {1.0f, -2.0f, 0.5f, 0.25f};
  const Storage rows = weight_storage(view_of(weights, {2, 2}), DType::kInt8, 0);
  CHECK(rows.scale == std::vector<float>{2.0f / 127.0f, 0.5f / 127.0f});
  CHECK(codes_of(store(view_of(weights, {2, 2}), rows)) == std::vector<int>{64, -127, 127, 64});
  const Storage columns = weight_storage(view_of(weights, {2, 2}), DType::kInt8, 1);
  CHECK(columns.scale == std::vector<float>{1.0f / 127.0f, 2.0f / 127.0f});
  const Storage whole = weight_storage(view_of(weights, {2, 2}), DType::kInt8, -1);
  CHECK(whole.scale.size() == 1);
}

TEST_CASE("storing rounds half away from zero and saturates") {
  const Storage storage = fixed_storage(DType::kInt8, 1.0f, -128);
  const std::vector<float> values = {0.5f, 1.5f, 254.6f, 1000.0f, -3.0f};
  CHECK(codes_of(store(view_of(values, {5}), storage)) == std::vector<int>{-127, -126, 127, 127, -128});
}

TEST_CASE("float16 saturates at the largest half") {
  const std::vector<float> values = {1e6f, -1e6f, 0.1f};
  const std::vector<std::byte> bytes = store(view_of(values, {3}), {DType::kFloat16, {}, {}});
  const auto* halves = reinterpret_cast<const Half*>(bytes.data());
  CHECK(to_float(halves[0]) == 65504.0f);
  CHECK(to_float(halves[1]) == -65504.0f);
  CHECK(to_float(halves[2]) == doctest::Approx(0.1f).epsilon(1e-3));
}
