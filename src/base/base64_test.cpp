#include "base/base64.h"

#include <doctest/doctest.h>

using namespace pestle;

namespace {

std::string encoded(std::string_view text) { return to_base64(std::as_bytes(std::span(text))); }

}  // namespace

TEST_CASE("base64 of the examples of RFC 4648") {
  CHECK(encoded("") == "");
  CHECK(encoded("f") == "Zg==");
  CHECK(encoded("fo") == "Zm8=");
  CHECK(encoded("foo") == "Zm9v");
  CHECK(encoded("foobar") == "Zm9vYmFy");
}

TEST_CASE("every byte survives base64 at every place of a group") {
  for (size_t length = 1; length <= 4; ++length) {
    for (int value = 0; value < 256; ++value) {
      const std::vector<std::byte> bytes(length, static_cast<std::byte>(value));
      CHECK(from_base64(to_base64(bytes)) == bytes);
    }
  }
}

TEST_CASE("what is not base64 is refused") {
  for (const char* text : {"Zg=", "Zg", "Z===", "Zh==", "Zm9=", "Zg==Zg==", "Zm 9", "Zm9v\n", "****"}) {
    CAPTURE(text);
    CHECK(!from_base64(text));
  }
}
