#include "ops/core/detection.h"

#include <doctest/doctest.h>

#include <span>

#include "ops/core/flexbuffer.h"

using namespace pestle;
using namespace pestle::ops;

namespace {

// {"a": 3, "b": 0.5 (float32)} by hand: keys, their vector, the map's head, values of 4 bytes, types, root.
std::vector<std::byte> two_numbers() {
  constexpr uint8_t kBytes[] = {
      'a', 0,          'b', 0,     //
      2,                           // 4: two keys,
      5,   4,                      // at 5 - 5 and 6 - 4
      0,                           //
      3,   0,          0,   0,     // 8: the keys are at 8 - 3
      1,   0,          0,   0,     // 12: of 1 byte each
      2,   0,          0,   0,     // 16: two values
      3,   0,          0,   0,     // 20: 3
      0,   0,          0,   0x3f,  // 24: 0.5f
      6,   14,                     // 28: int and float of 4 bytes
      10,  9 << 2 | 2, 1,          // 30: the map is at 30 - 10
  };
  const auto bytes = std::as_bytes(std::span(kBytes));
  return {bytes.begin(), bytes.end()};
}

}  // namespace

TEST_CASE("numbers are read out of a FlexBuffers map") {
  const auto numbers = read_flexbuffer_numbers(two_numbers());
  REQUIRE(numbers);
  CHECK(*numbers == std::map<std::string, double>{{"a", 3.0}, {"b", 0.5}});
}

TEST_CASE("no damaged FlexBuffers map is read beyond its bytes") {
  const std::vector<std::byte> whole = two_numbers();
  for (size_t size = 0; size < whole.size(); ++size) {
    const std::vector<std::byte> cut(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size));
    (void)read_flexbuffer_numbers(cut);
  }
  for (size_t at = 0; at < whole.size(); ++at) {
    for (int value : {0, 1, 127, 255}) {
      std::vector<std::byte> damaged = whole;
      damaged[at] = static_cast<std::byte>(value);
      (void)read_flexbuffer_numbers(damaged);
    }
  }
}

TEST_CASE("of boxes that overlap only the best is chosen; equal scores keep their order") {
  const std::vector<Box> boxes = {{0, 0, 1, 1}, {0, 0, 1, 0.9f}, {2, 2, 3, 3}, {4, 4, 5, 5}};
  DetectionOptions options;
  options.overlap_threshold = 0.5f;
  options.score_threshold = 0.1f;
  CHECK(choose_boxes(boxes, {0.3f, 0.8f, 0.3f, 0.05f}, 10, options) == std::vector<int32_t>{1, 2});
  CHECK(choose_boxes(boxes, {0.3f, 0.3f, 0.3f, 0.3f}, 10, options) == std::vector<int32_t>{0, 2, 3});
  CHECK(choose_boxes(boxes, {0.3f, 0.3f, 0.3f, 0.3f}, 1, options) == std::vector<int32_t>{0});
}

TEST_CASE("boxes without area overlap nothing") {
  CHECK(overlap({0, 0, 0, 1}, {0, 0, 1, 1}) == 0.0f);
  CHECK(overlap({0, 0, 1, 1}, {1, 1, 0, 0}) == 1.0f);
}

TEST_CASE("a box is its code, relative to its anchor") {
  const float code[] = {1, 0, 0, 0}, anchor[] = {10, 20, 4, 2};
  const auto boxes = decode_boxes({code, 4, anchor, 1}, {});
  REQUIRE(boxes);
  CHECK((*boxes)[0].y0 == 12.0f);
  CHECK((*boxes)[0].y1 == 16.0f);
  CHECK((*boxes)[0].x0 == 19.0f);
}
