#include "base/json_cursor.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace pestle {
namespace {

std::string member_path(const std::string& path, std::string_view key) {
  std::string joined = path;
  if (!joined.empty()) joined += '.';
  joined += key;
  return joined;
}

template <typename T, typename Read>
Result<std::vector<T>> read_all(const JsonCursor& list, Read read) {
  PESTLE_ASSIGN(const std::vector<JsonCursor> elements, list.elements());
  std::vector<T> values;
  values.reserve(elements.size());
  for (const JsonCursor& element : elements) {
    PESTLE_ASSIGN(T value, read(element));
    values.push_back(std::move(value));
  }
  return values;
}

}  // namespace

Failure JsonCursor::error(const std::string& message, std::string hint) const {
  return fail(ErrorCode::kInvalidFile, path_.empty() ? message : path_ + ": " + message, std::move(hint));
}

Failure JsonCursor::expected(const char* what) const {
  return error(std::string("expected ") + what + ", found " + json_kind_name(value_->kind()));
}

Result<JsonCursor> JsonCursor::at(std::string_view key) const {
  PESTLE_ASSIGN(std::optional<JsonCursor> member, find(key));
  if (!member) return fail(ErrorCode::kInvalidFile, member_path(path_, key) + " is missing");
  return std::move(*member);
}

Result<std::optional<JsonCursor>> JsonCursor::find(std::string_view key) const {
  if (!value_->as_object()) return expected("an object");
  const Json* member = value_->find(key);
  if (!member || member->is_null()) return std::optional<JsonCursor>();
  return std::optional<JsonCursor>(JsonCursor(*member, member_path(path_, key)));
}

Result<std::vector<JsonCursor>> JsonCursor::elements() const {
  const Json::Array* array = value_->as_array();
  if (!array) return expected("an array");
  std::vector<JsonCursor> cursors;
  cursors.reserve(array->size());
  for (size_t i = 0; i < array->size(); ++i) {
    cursors.emplace_back((*array)[i], path_ + "[" + std::to_string(i) + "]");
  }
  return cursors;
}

Result<std::vector<std::pair<std::string, JsonCursor>>> JsonCursor::members() const {
  const Json::Object* object = value_->as_object();
  if (!object) return expected("an object");
  std::vector<std::pair<std::string, JsonCursor>> cursors;
  cursors.reserve(object->size());
  for (const Json::Member& member : *object) {
    cursors.emplace_back(member.key, JsonCursor(member.value, member_path(path_, member.key)));
  }
  return cursors;
}

Result<bool> JsonCursor::boolean() const {
  const bool* value = value_->as_bool();
  if (!value) return expected("true or false");
  return *value;
}

Result<int64_t> JsonCursor::integer() const {
  const int64_t* value = value_->as_int();
  if (!value) return expected("an integer");
  return *value;
}

Result<int64_t> JsonCursor::integer(int64_t least, int64_t most) const {
  PESTLE_ASSIGN(const int64_t value, integer());
  if (value < least || value > most) {
    return error(std::to_string(value) + " is not between " + std::to_string(least) + " and " + std::to_string(most));
  }
  return value;
}

Result<double> JsonCursor::number() const {
  if (const int64_t* value = value_->as_int()) return static_cast<double>(*value);
  const double* value = value_->as_double();
  if (!value || !std::isfinite(*value)) return expected("a finite number");
  return *value;
}

Result<std::string> JsonCursor::string() const {
  const std::string* value = value_->as_string();
  if (!value) return expected("a string");
  return *value;
}

Result<std::vector<double>> JsonCursor::numbers() const {
  return read_all<double>(*this, [](const JsonCursor& element) { return element.number(); });
}

Result<std::vector<int64_t>> JsonCursor::integers() const {
  return read_all<int64_t>(*this, [](const JsonCursor& element) { return element.integer(); });
}

Result<std::vector<std::string>> JsonCursor::strings() const {
  return read_all<std::string>(*this, [](const JsonCursor& element) { return element.string(); });
}

Status JsonCursor::check_keys(std::initializer_list<std::string_view> known) const {
  const Json::Object* object = value_->as_object();
  if (!object) return expected("an object");
  for (const Json::Member& member : *object) {
    if (std::find(known.begin(), known.end(), member.key) != known.end()) continue;
    const std::vector<std::string> candidates(known.begin(), known.end());
    const std::vector<std::string> near = nearest_words(member.key, candidates, 1);
    return error("unknown key \"" + member.key + "\"", near.empty() ? "" : "did you mean \"" + near[0] + "\"?");
  }
  return {};
}

}  // namespace pestle
