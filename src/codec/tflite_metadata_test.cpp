#include "codec/tflite_metadata.h"

#include <doctest/doctest.h>

namespace pestle::codec {
namespace {

TfliteFacts some_facts() {
  TfliteFacts facts;
  facts.inputs.push_back({"image", true, {127.5f}, {127.5f}, {}});
  facts.outputs.push_back({"scores", false, {}, {}, {"labels.txt"}});
  return facts;
}

TEST_CASE("facts about tensors survive being written and read") {
  const auto read = read_tflite_facts(Bytes::own(write_tflite_facts(some_facts())));
  REQUIRE(read.has_value());
  REQUIRE(read->inputs.size() == 1);
  CHECK(read->inputs[0].name == "image");
  CHECK(read->inputs[0].is_image);
  CHECK(read->inputs[0].mean == std::vector<float>{127.5f});
  CHECK(read->inputs[0].deviation == std::vector<float>{127.5f});
  REQUIRE(read->outputs.size() == 1);
  CHECK(read->outputs[0].label_files == std::vector<std::string>{"labels.txt"});
}

TEST_CASE("every cut and every flipped byte is read or refused, never followed outside") {
  const std::vector<std::byte> whole = write_tflite_facts(some_facts());
  for (size_t size = 0; size < whole.size(); ++size) {
    const auto cut = read_tflite_facts(Bytes::own({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}));
    if (size < 8) CHECK(!cut.has_value());
  }
  for (size_t at = 0; at < whole.size(); ++at) {
    std::vector<std::byte> flipped = whole;
    flipped[at] ^= std::byte{0xff};
    (void)read_tflite_facts(Bytes::own(std::move(flipped))).has_value();
  }
}

}  // namespace
}  // namespace pestle::codec
