// JSON: a value that is read prints to text that reads back as the same value.
#include "codec/json.h"
#include "tests/fuzz/target.h"

using namespace pestle;

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto value = codec::parse_json(fuzz::text_of(data, size));
  if (!value) return 0;
  for (const JsonStyle style : {JsonStyle::kCompact, JsonStyle::kIndented}) {
    const std::string text = print_json(*value, style);
    const auto again = codec::parse_json(text);
    fuzz::promise(again.has_value(), "printed JSON can be read", again ? "" : describe(again.error()));
    fuzz::promise(*again == *value, "printing keeps the value", text);
  }
  return 0;
}
