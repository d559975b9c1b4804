#include "base/json.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cmath>

#include "base/utf8.h"

namespace pestle {
namespace {

// The longest shortest form of a double is 24 characters ("-2.2250738585072014e-308").
constexpr size_t kNumberChars = 32;

double shortest_double(float value) {
  if (!std::isfinite(value)) return value;
  char buffer[kNumberChars];
  const char* end = std::to_chars(buffer, buffer + kNumberChars, value).ptr;
  double decimal = 0;
  std::from_chars(buffer, end, decimal);
  // Rounding twice (decimal to double to float) could in principle miss; then the exact value serves.
  return static_cast<float>(decimal) == value ? decimal : static_cast<double>(value);
}

void print_double(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  char buffer[kNumberChars];
  const char* end = std::to_chars(buffer, buffer + kNumberChars, value).ptr;
  const std::string_view digits(buffer, static_cast<size_t>(end - buffer));
  out += digits;
  // A double stays a double when it is read back.
  if (digits.find_first_of(".e") == std::string_view::npos) out += ".0";
}

void print_string(std::string& out, std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  while (!text.empty()) {
    const char32_t c = take_code_point(text);
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (c < 0x20 || c == 0x7F) {
          out += "\\u00";
          out += kHex[c >> 4];
          out += kHex[c & 15];
        } else {
          append_utf8(out, c);
        }
    }
  }
  out += '"';
}

bool is_plain(const Json& value) { return !value.as_array() && !value.as_object(); }

class Printer {
 public:
  explicit Printer(JsonStyle style) : indented_(style == JsonStyle::kIndented) {}

  void print(const Json& value) {
    switch (value.kind()) {
      case Json::Kind::kNull: out_ += "null"; break;
      case Json::Kind::kBool: out_ += *value.as_bool() ? "true" : "false"; break;
      case Json::Kind::kInt: out_ += std::to_string(*value.as_int()); break;
      case Json::Kind::kDouble: print_double(out_, *value.as_double()); break;
      case Json::Kind::kString: print_string(out_, *value.as_string()); break;
      case Json::Kind::kArray: print_array(*value.as_array()); break;
      case Json::Kind::kObject: print_object(*value.as_object()); break;
    }
  }
  std::string take() { return std::move(out_); }

 private:
  void print_array(const Json::Array& array) {
    const bool one_line = !indented_ || std::all_of(array.begin(), array.end(), is_plain);
    out_ += '[';
    ++depth_;
    for (size_t i = 0; i < array.size(); ++i) {
      if (i > 0) out_ += indented_ && one_line ? ", " : ",";
      if (!one_line) new_line();
      print(array[i]);
    }
    --depth_;
    if (!one_line) new_line();
    out_ += ']';
  }

  void print_object(const Json::Object& object) {
    out_ += '{';
    ++depth_;
    for (size_t i = 0; i < object.size(); ++i) {
      if (i > 0) out_ += ',';
      if (indented_) new_line();
      print_string(out_, object[i].key);
      out_ += indented_ ? ": " : ":";
      print(object[i].value);
    }
    --depth_;
    if (indented_ && !object.empty()) new_line();
    out_ += '}';
  }

  void new_line() {
    out_ += '\n';
    out_.append(2 * depth_, ' ');
  }

  std::string out_;
  size_t depth_ = 0;
  bool indented_;
};

}  // namespace

Json::Json() = default;
Json::Json(std::nullptr_t) {}
Json::Json(double value) : value_(value) {}
Json::Json(float value) : value_(shortest_double(value)) {}
Json::Json(std::string value) : value_(std::move(value)) {}
Json::Json(std::string_view value) : value_(std::string(value)) {}
Json::Json(const char* value) : value_(std::string(value)) {}
Json::Json(Array value) : value_(std::move(value)) {}
Json::Json(Object value) : value_(std::move(value)) {}
Json::Json(const Json& other) = default;
Json::Json(Json&& other) noexcept = default;
Json& Json::operator=(const Json& other) = default;
Json& Json::operator=(Json&& other) noexcept = default;
Json::~Json() = default;

Json Json::array() { return Json(Array{}); }
Json Json::object() { return Json(Object{}); }

const Json* Json::find(std::string_view key) const {
  const Object* members = as_object();
  if (!members) return nullptr;
  const auto found = std::find_if(members->begin(), members->end(), [&](const Member& m) { return m.key == key; });
  return found == members->end() ? nullptr : &found->value;
}

Json& Json::push(Json value) {
  if (is_null()) value_.emplace<Array>();
  assert(as_array());
  std::get<Array>(value_).push_back(std::move(value));
  return *this;
}

Json& Json::set(std::string_view key, Json value) {
  if (is_null()) value_.emplace<Object>();
  assert(as_object());
  auto& members = std::get<Object>(value_);
  const auto found = std::find_if(members.begin(), members.end(), [&](const Member& m) { return m.key == key; });
  if (found == members.end()) return append(std::string(key), std::move(value));
  found->value = std::move(value);
  return *this;
}

Json& Json::append(std::string key, Json value) {
  if (is_null()) value_.emplace<Object>();
  assert(as_object());
  std::get<Object>(value_).push_back({std::move(key), std::move(value)});
  return *this;
}

bool operator==(const Json& a, const Json& b) { return a.value_ == b.value_; }

const char* json_kind_name(Json::Kind kind) {
  switch (kind) {
    case Json::Kind::kNull: return "null";
    case Json::Kind::kBool: return "true or false";
    case Json::Kind::kInt: return "an integer";
    case Json::Kind::kDouble: return "a number";
    case Json::Kind::kString: return "a string";
    case Json::Kind::kArray: return "an array";
    case Json::Kind::kObject: return "an object";
  }
  return "nothing";
}

std::string print_json(const Json& value, JsonStyle style) {
  Printer printer(style);
  printer.print(value);
  std::string text = printer.take();
  if (style == JsonStyle::kIndented) text += '\n';
  return text;
}

}  // namespace pestle
