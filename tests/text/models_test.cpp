#include <doctest/doctest.h>

#include "formats/tflite/tflite.h"
#include "ir/text.h"
#include "tests/support.h"

using namespace pestle;

TEST_CASE("a .tflite file that went through the text form is written with the same bytes") {
  const auto shared = testing::shared_folder();
  if (!shared) return;
  int files = 0;
  for (const auto& path : testing::files_below(*shared / "models", ".tflite")) {
    CAPTURE(path.string());
    const auto file = map_file(path.string());
    REQUIRE(file.has_value());
    const auto module = formats::tflite::read(*file);
    if (!module) continue;  // refused at the door, which formats' own test covers
    testing::MemorySink before;
    if (!formats::tflite::write(*module, before)) continue;
    const std::string text = ir::print(*module);
    const auto parsed = ir::parse(text);
    REQUIRE_MESSAGE(parsed.has_value(), describe(parsed.error()));
    CHECK(ir::print(*parsed) == text);
    testing::MemorySink after;
    REQUIRE(formats::tflite::write(*parsed, after).has_value());
    CHECK(before.bytes == after.bytes);
    for (size_t g = 0; g < module->graphs.size(); ++g) {
      for (size_t n = 0; n < module->graphs[g].nodes.size(); ++n) {
        CHECK(module->graphs[g].nodes[n].sources == parsed->graphs[g].nodes[n].sources);
      }
    }
    ++files;
  }
  MESSAGE("files printed and parsed: ", files);
}
