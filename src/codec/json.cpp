// nlohmann-json tokenizes and checks the grammar without recursion; this file receives its events, enforces the
// limits and builds the value.
#include "codec/json.h"

#include <algorithm>
#include <exception>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace pestle::codec {
namespace {

// "line 3, column 14" of a byte.
std::string place_of(std::string_view text, size_t position) {
  const std::string_view before = text.substr(0, std::min(position, text.size()));
  const size_t last_break = before.rfind('\n');
  const size_t line_start = last_break == std::string_view::npos ? 0 : last_break + 1;
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  return "line " + std::to_string(line) + ", column " + std::to_string(1 + before.size() - line_start);
}

// The first key that occurs twice, or null. Sorting keeps a hostile object from costing quadratic time.
const std::string* duplicate_key(const Json::Object& members) {
  std::vector<const std::string*> keys;
  keys.reserve(members.size());
  for (const Json::Member& member : members) keys.push_back(&member.key);
  std::sort(keys.begin(), keys.end(), [](const auto* a, const auto* b) { return *a < *b; });
  const auto found =
      std::adjacent_find(keys.begin(), keys.end(), [](const auto* a, const auto* b) { return *a == *b; });
  return found == keys.end() ? nullptr : *found;
}

// Containers that are still open, innermost last; a closed one moves into the one around it.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  Builder(std::string_view text, const JsonLimits& limits) : text_(text), limits_(limits) {}

  bool null() override { return add(Json()); }
  bool boolean(bool value) override { return add(Json(value)); }
  bool number_integer(number_integer_t value) override { return add(Json(value)); }
  bool number_unsigned(number_unsigned_t value) override { return add(Json(value)); }
  bool number_float(number_float_t value, const string_t&) override { return add(Json(value)); }
  bool string(string_t& value) override { return add(Json(std::move(value))); }
  bool binary(binary_t&) override { return refuse("binary values are not JSON"); }

  bool start_object(size_t) override { return open(Json::object()); }
  bool start_array(size_t) override { return open(Json::array()); }
  bool key(string_t& value) override {
    open_.back().key = std::move(value);
    return true;
  }
  bool end_object() override {
    if (const std::string* key = duplicate_key(*open_.back().value.as_object())) {
      return refuse("an object has the key \"" + *key + "\" twice");
    }
    return close();
  }
  bool end_array() override { return close(); }

  bool parse_error(size_t position, const std::string&, const nlohmann::detail::exception& error) override {
    constexpr int kNumberOverflow = 406;
    if (error.id == kNumberOverflow) return refuse("a number is too large");
    const std::string place = place_of(text_, position == 0 ? 0 : position - 1);
    return refuse((position > text_.size() ? "the text ends early at " : "malformed at ") + place);
  }

  Result<Json> finish() && {
    if (!problem_.empty()) return fail(ErrorCode::kInvalidFile, "not usable JSON: " + problem_);
    return std::move(root_);
  }
  bool refuse(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }

 private:
  struct Open {
    Json value;
    std::string key;  // of the member that comes next
  };

  bool add(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().value.as_array()) {
      open_.back().value.push(std::move(value));
    } else {
      open_.back().value.append(std::move(open_.back().key), std::move(value));
    }
    return true;
  }
  bool open(Json container) {
    if (open_.size() >= limits_.max_depth) {
      return refuse("nested deeper than " + std::to_string(limits_.max_depth) + " levels");
    }
    open_.push_back({std::move(container), {}});
    return true;
  }
  bool close() {
    Json value = std::move(open_.back().value);
    open_.pop_back();
    return add(std::move(value));
  }

  std::string_view text_;
  const JsonLimits& limits_;
  std::vector<Open> open_;
  Json root_;
  std::string problem_;
};

}  // namespace

Result<Json> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return fail(ErrorCode::kInvalidFile, "not usable JSON: larger than " + std::to_string(limits.max_bytes) + " bytes");
  }
  Builder builder(text, limits);
  try {
    nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
  } catch (const std::exception&) {
    builder.refuse("malformed");
  }
  return std::move(builder).finish();
}

}  // namespace pestle::codec
