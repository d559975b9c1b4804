#include "base/json.h"

#include <doctest/doctest.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <random>

#include "base/json_cursor.h"
#include "base/utf8.h"

using pestle::Json;
using pestle::JsonCursor;
using pestle::JsonStyle;
using pestle::print_json;

namespace {

std::string compact(const Json& value) { return print_json(value, JsonStyle::kCompact); }

}  // namespace

TEST_CASE("members keep their order and set() keeps a member's place") {
  Json json;
  json.set("zebra", 1).set("apple", "two").set("zebra", true);
  CHECK(compact(json) == R"({"zebra":true,"apple":"two"})");
}

TEST_CASE("indented form breaks objects and keeps plain arrays on one line") {
  Json json = Json::object();
  json.set("shape", Json::Array{1, 224, 224, 3});
  json.set("empty", Json::object());
  json.set("list", Json::Array{Json::object(), nullptr});
  CHECK(print_json(json, JsonStyle::kIndented) ==
        "{\n  \"shape\": [1, 224, 224, 3],\n  \"empty\": {},\n  \"list\": [\n    {},\n    null\n  ]\n}\n");
}

TEST_CASE("numbers print in their shortest form and keep their kind") {
  CHECK(compact(0.1f) == "0.1");
  CHECK(compact(0.1) == "0.1");
  CHECK(compact(1.0) == "1.0");
  CHECK(compact(-0.0) == "-0.0");
  CHECK(compact(1e300) == "1e+300");
  CHECK(compact(std::numeric_limits<int64_t>::min()) == "-9223372036854775808");
  CHECK(compact(std::numeric_limits<uint64_t>::max()) == "18446744073709551616.0");
  CHECK(compact(std::nan("")) == "null");
  CHECK(compact(-INFINITY) == "null");
}

TEST_CASE("every float and double reads back as itself") {
  std::mt19937_64 random(20240229);
  for (int i = 0; i < 200000; ++i) {
    const uint64_t bits = random();
    const auto value = std::bit_cast<double>(bits);
    const auto narrow = std::bit_cast<float>(static_cast<uint32_t>(bits));
    double read = 0;
    if (std::isfinite(value)) {
      const std::string text = compact(value);
      std::from_chars(text.data(), text.data() + text.size(), read);
      REQUIRE(std::bit_cast<uint64_t>(read) == bits);
    }
    if (std::isfinite(narrow)) REQUIRE(static_cast<float>(*Json(narrow).as_double()) == narrow);
  }
}

TEST_CASE("strings are escaped and broken UTF-8 is replaced") {
  CHECK(compact("a\"b\\c\n\x01\x7f") == R"("a\"b\\c\n\u0001\u007f")");
  CHECK(compact("caf\xC3\xA9 \xF0\x9F\x98\x80") == "\"caf\xC3\xA9 \xF0\x9F\x98\x80\"");
  CHECK(compact("x\xFFy") == "\"x\xEF\xBF\xBDy\"");
  CHECK(compact("\xC0\x80") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");                  // overlong
  CHECK(compact("\xED\xA0\x80") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");  // surrogate
  CHECK(compact("\xE2\x82") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");                  // cut off
}

TEST_CASE("a cursor names the place of what is wrong") {
  Json entry;
  entry.set("scale", "big").set("bits", 8);
  Json root;
  root.set("statistics", Json().set("values", Json::Array{Json::object(), entry}));
  const JsonCursor cursor(root);
  const auto values = cursor.at("statistics")->at("values")->elements().value();
  CHECK(values[1].at("scale")->number().error().message ==
        "statistics.values[1].scale: expected a finite number, found a string");
  CHECK(values[0].at("scale").error().message == "statistics.values[0].scale is missing");
  CHECK(values[1].at("bits")->integer().value() == 8);
  CHECK(values[1].at("bits")->number().value() == 8.0);
  CHECK(values[1].at("bits")->integer(2, 4).error().message == "statistics.values[1].bits: 8 is not between 2 and 4");
  CHECK_FALSE(values[1].find("axis").value().has_value());
  CHECK(cursor.elements().error().message == "expected an array, found an object");
}

TEST_CASE("an unknown key is refused with the nearest known one") {
  Json json;
  json.set("scael", 1.0);
  const auto status = JsonCursor(json, "plan").check_keys({"scale", "zero_point"});
  CHECK(status.error().message == "plan: unknown key \"scael\"");
  CHECK(status.error().hint == "did you mean \"scale\"?");
}

TEST_CASE("lists of plain values are read at once") {
  const Json json(Json::Array{1, 2.5, 3});
  CHECK(JsonCursor(json, "mean").numbers().value() == std::vector<double>{1, 2.5, 3});
  CHECK(JsonCursor(json, "mean").integers().error().message == "mean[1]: expected an integer, found a number");
}
