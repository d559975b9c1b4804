// A JSON value and its printer. Objects keep the order of insertion, so the same program prints the same bytes.
// Numbers print as the shortest decimal that reads back exactly; NaN and infinities print as null. The parser is
// codec/json.h; base/json_cursor.h reads values with errors that name the place.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace pestle {

class Json {
 public:
  enum class Kind { kNull, kBool, kInt, kDouble, kString, kArray, kObject };
  struct Member;
  using Array = std::vector<Json>;
  using Object = std::vector<Member>;

  Json();
  Json(std::nullptr_t);
  Json(double value);
  // The double nearest to the float's shortest decimal: prints 0.1, not 0.10000000149011612, and converts back to
  // the same float.
  Json(float value);
  Json(std::string value);
  Json(std::string_view value);
  Json(const char* value);
  Json(Array value);
  Json(Object value);
  Json(std::same_as<bool> auto value) : value_(std::in_place_type<bool>, value) {}
  // Beyond the range of int64 a number is kept as the nearest double.
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  Json(T value);
  Json(const Json& other);
  Json(Json&& other) noexcept;
  Json& operator=(const Json& other);
  Json& operator=(Json&& other) noexcept;
  ~Json();

  static Json array();
  static Json object();

  Kind kind() const { return static_cast<Kind>(value_.index()); }
  bool is_null() const { return kind() == Kind::kNull; }
  // The value if it is of that kind, else null.
  const bool* as_bool() const { return std::get_if<bool>(&value_); }
  const int64_t* as_int() const { return std::get_if<int64_t>(&value_); }
  const double* as_double() const { return std::get_if<double>(&value_); }
  const std::string* as_string() const { return std::get_if<std::string>(&value_); }
  const Array* as_array() const { return std::get_if<Array>(&value_); }
  const Object* as_object() const { return std::get_if<Object>(&value_); }

  // The member of that key, or null (also where this is no object). Looks at the members one by one.
  const Json* find(std::string_view key) const;
  // Appends an element; a null value becomes an array first.
  Json& push(Json value);
  // Sets a member, keeping its place if the key exists; a null value becomes an object first.
  Json& set(std::string_view key, Json value);
  // Appends a member whose key the caller knows to be new.
  Json& append(std::string key, Json value);

  friend bool operator==(const Json& a, const Json& b);

 private:
  std::variant<std::nullptr_t, bool, int64_t, double, std::string, Array, Object> value_;
};

struct Json::Member {
  std::string key;
  Json value;
  friend bool operator==(const Member& a, const Member& b) { return a.key == b.key && a.value == b.value; }
};

// Below Member, because setting the variant needs all its types complete.
template <std::integral T>
  requires(!std::same_as<T, bool>)
Json::Json(T value) {
  if (std::in_range<int64_t>(value)) {
    value_.emplace<int64_t>(static_cast<int64_t>(value));
  } else {
    value_.emplace<double>(static_cast<double>(value));
  }
}

// "a number", "an object": for messages.
const char* json_kind_name(Json::Kind kind);

enum class JsonStyle {
  kCompact,   // one line, no spaces
  kIndented,  // two spaces a level; arrays of plain numbers, strings and the like stay on one line
};
// ASCII control characters are escaped; bytes that are not UTF-8 print as U+FFFD. kIndented ends with a newline.
std::string print_json(const Json& value, JsonStyle style);

}  // namespace pestle
