// Reading a JSON value that somebody else wrote: every step returns a Result whose message names the place, as in
// "statistics.values[3].scale: expected a number, found a string". A cursor is valid as long as its value is.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/status.h"

namespace pestle {

class JsonCursor {
 public:
  // `name` stands for the whole value in messages where there is no path yet ("plan").
  explicit JsonCursor(const Json& value, std::string name = {}) : value_(&value), path_(std::move(name)) {}

  const Json& value() const { return *value_; }
  const std::string& path() const { return path_; }

  // A member that must exist; a member that may be absent (null counts as absent).
  Result<JsonCursor> at(std::string_view key) const;
  Result<std::optional<JsonCursor>> find(std::string_view key) const;
  Result<std::vector<JsonCursor>> elements() const;
  Result<std::vector<std::pair<std::string, JsonCursor>>> members() const;

  Result<bool> boolean() const;
  Result<int64_t> integer() const;
  Result<int64_t> integer(int64_t least, int64_t most) const;
  Result<double> number() const;  // finite
  Result<std::string> string() const;
  Result<std::vector<double>> numbers() const;
  Result<std::vector<int64_t>> integers() const;
  Result<std::vector<std::string>> strings() const;

  // Fails on the first member whose key is not among `known`, with the nearest known keys as hint.
  Status check_keys(std::initializer_list<std::string_view> known) const;
  // An error at this place, for rules that the reader itself knows.
  Failure error(const std::string& message, std::string hint = {}) const;

 private:
  Failure expected(const char* what) const;

  const Json* value_;
  std::string path_;
};

}  // namespace pestle
