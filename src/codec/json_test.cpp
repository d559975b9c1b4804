#include "codec/json.h"

#include <doctest/doctest.h>

#include <random>

using pestle::Json;
using pestle::JsonStyle;
using pestle::codec::JsonLimits;
using pestle::codec::parse_json;

namespace {

std::string message_of(std::string_view text) {
  const auto parsed = parse_json(text);
  return parsed ? "accepted" : parsed.error().message;
}

Json random_value(std::mt19937& random, int depth) {
  const auto kind = random() % (depth > 0 ? 7 : 5);
  if (kind == 0) return nullptr;
  if (kind == 1) return random() % 2 == 0;
  if (kind == 2) return static_cast<int64_t>((uint64_t{random()} << 32) | random());
  if (kind == 3) return static_cast<double>(random()) / 977.0 - 1e6;
  if (kind == 4) return std::string(random() % 5, static_cast<char>(random() % 128));
  Json value = kind == 5 ? Json::array() : Json::object();
  for (auto count = random() % 5; count > 0; --count) {
    if (kind == 5) value.push(random_value(random, depth - 1));
    if (kind == 6) value.set("key" + std::to_string(random() % 9), random_value(random, depth - 1));
  }
  return value;
}

}  // namespace

TEST_CASE("what was printed is read back equal") {
  std::mt19937 random(7);
  for (int i = 0; i < 2000; ++i) {
    const Json value = random_value(random, 4);
    REQUIRE(parse_json(print_json(value, JsonStyle::kCompact)).value() == value);
    REQUIRE(parse_json(print_json(value, JsonStyle::kIndented)).value() == value);
  }
}

TEST_CASE("integers and doubles are told apart") {
  CHECK(*parse_json("-12")->as_int() == -12);
  CHECK(*parse_json("12.0")->as_double() == 12.0);
  CHECK(*parse_json("9223372036854775807")->as_int() == INT64_MAX);
  CHECK(*parse_json("9223372036854775808")->as_double() == 9223372036854775808.0);
  CHECK(*parse_json("123456789012345678901234567890")->as_double() == 123456789012345678901234567890.0);
  CHECK(*parse_json("1e-999")->as_double() == 0.0);
}

TEST_CASE("hostile text is an error, never a crash") {
  CHECK(message_of(std::string(1000000, '[')) == "not usable JSON: nested deeper than 64 levels");
  CHECK(message_of("{\"a\":" + std::string(100, '[')) == "not usable JSON: nested deeper than 64 levels");
  CHECK(message_of("[1e999]") == "not usable JSON: a number is too large");
  CHECK(message_of("{\"a\":1,\"b\":2,\"a\":3}") == "not usable JSON: an object has the key \"a\" twice");
  CHECK(message_of("{\"a\": 1,\n \"b\": tru}") == "not usable JSON: malformed at line 2, column 10");
  CHECK(message_of("[1, 2") == "not usable JSON: the text ends early at line 1, column 6");
  CHECK(message_of("") == "not usable JSON: the text ends early at line 1, column 1");
  for (const std::string_view bad : {"[\"\xFF\"]", "[\"\xC0\x80\"]", "\"\\ud800\"", "NaN", "[1,]", "{\"a\"}", "{a:1}",
                                     "01", "// no\n1", "1 2", "\"open", "[1}", "'a'", "+1", ".5", "\"\n\""}) {
    CHECK_MESSAGE(message_of(bad) != "accepted", bad);
  }
  CHECK(message_of(std::string_view("\0", 1)) != "accepted");
}

TEST_CASE("every prefix of a document is refused") {
  const std::string text = R"({"a": [1, -2.5e3, "x\u00e9\n"], "b": {"c": null, "d": [true, false]}})";
  REQUIRE(parse_json(text));
  for (size_t i = 0; i < text.size(); ++i) REQUIRE_FALSE(parse_json(text.substr(0, i)));
}

TEST_CASE("size and depth limits are the caller's") {
  CHECK_FALSE(parse_json("[1,2,3]", JsonLimits{.max_bytes = 6}));
  CHECK(parse_json("[1,2,3]", JsonLimits{.max_bytes = 7}));
  CHECK_FALSE(parse_json("[[]]", JsonLimits{.max_depth = 1}));
  CHECK(parse_json("[[]]", JsonLimits{.max_depth = 2}));
}
