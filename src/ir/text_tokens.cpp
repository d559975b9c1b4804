#include "ir/text_tokens.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "base/base64.h"

namespace pestle::ir {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

size_t word_length(std::string_view text) {
  size_t length = 0;
  while (length < text.size() &&
         (is_letter(text[length]) || (length > 0 && (is_digit(text[length]) || text[length] == '-'))))
    ++length;
  return length;
}

template <typename T>
bool read_number(std::string_view text, T& value) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  return code == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::string quote(std::string_view text) {
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      quoted += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) {
      quoted += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

bool is_word(std::string_view text) {
  return !text.empty() && word_length(text) == text.size() && text.find('-') == std::string_view::npos &&
         text != "custom";
}

void Tokens::skip_space() {
  while (at_ < text_.size() && (is_space(text_[at_]) || text_[at_] == '#')) {
    if (text_[at_] == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else {
      ++at_;
    }
  }
}

void Tokens::advance(size_t count) {
  last_ = at_;
  at_ += count;
  skip_space();
}

bool Tokens::take(char mark) {
  if (peek() != mark) return false;
  advance(1);
  return true;
}

bool Tokens::take_word(std::string_view word) {
  const std::string_view rest = text_.substr(at_);
  if (word_length(rest) != word.size() || !rest.starts_with(word)) return false;
  advance(word.size());
  return true;
}

Status Tokens::expect(char mark) {
  if (!take(mark)) return error_here(fmt::format("expected '{}'", mark));
  return {};
}

Status Tokens::expect_word(std::string_view word) {
  if (!take_word(word)) return error_here(fmt::format("expected {}", word));
  return {};
}

Result<std::string> Tokens::word() {
  const size_t length = word_length(text_.substr(at_));
  if (length == 0) return error_here("expected a word");
  std::string word(text_.substr(at_, length));
  advance(length);
  return word;
}

Result<std::string> Tokens::string() {
  if (peek() != '"') return error_here("expected a string in quotes");
  std::string value;
  size_t i = at_ + 1;
  while (i < text_.size() && text_[i] != '"' && text_[i] != '\n') {
    if (text_[i] != '\\') {
      value += text_[i++];
    } else if (i + 1 < text_.size() && (text_[i + 1] == '"' || text_[i + 1] == '\\')) {
      value += text_[i + 1];
      i += 2;
    } else if (i + 3 < text_.size() && text_[i + 1] == 'x' && hex_digit(text_[i + 2]) >= 0 &&
               hex_digit(text_[i + 3]) >= 0) {
      value += static_cast<char>(hex_digit(text_[i + 2]) * 16 + hex_digit(text_[i + 3]));
      i += 4;
    } else {
      return error_at(i, "expected \\\", \\\\ or \\xNN behind the backslash");
    }
  }
  if (i >= text_.size() || text_[i] == '\n') return error_here("the string does not end on its line");
  advance(i + 1 - at_);
  return value;
}

Result<std::vector<std::byte>> Tokens::bytes() {
  if (peek() != '"') return error_here("expected base64 in quotes");
  const size_t end = text_.find('"', at_ + 1);
  if (end == std::string_view::npos) return error_here("the string does not end");
  auto decoded = from_base64(text_.substr(at_ + 1, end - at_ - 1));
  if (!decoded) return error_here("this is not base64");
  advance(end + 1 - at_);
  return std::move(*decoded);
}

Result<std::string_view> Tokens::number() {
  const std::string_view rest = text_.substr(at_);
  size_t length = rest.starts_with('-') ? 1 : 0;
  while (length < rest.size() && (is_digit(rest[length]) || is_letter(rest[length]) || rest[length] == '.' ||
                                  ((rest[length] == '-' || rest[length] == '+') && rest[length - 1] == 'e'))) {
    ++length;
  }
  if (length == 0) return error_here("expected a number");
  const std::string_view number = rest.substr(0, length);
  advance(length);
  return number;
}

Result<int64_t> Tokens::integer() {
  PESTLE_ASSIGN(const std::string_view text, number());
  int64_t value = 0;
  if (!read_number(text, value)) return error("expected a whole number");
  return value;
}

Result<int64_t> Tokens::integer(int64_t least, int64_t most) {
  PESTLE_ASSIGN(const int64_t value, integer());
  if (value < least || value > most) return error(fmt::format("{} does not lie between {} and {}", value, least, most));
  return value;
}

Result<double> Tokens::real() {
  PESTLE_ASSIGN(const std::string_view text, number());
  double value = 0;
  if (!read_number(text, value)) return error("expected a number");
  return value;
}

Result<float> Tokens::real32() {
  PESTLE_ASSIGN(const std::string_view text, number());
  float value = 0;
  if (!read_number(text, value)) return error("expected a number that float32 can hold");
  return value;
}

Failure Tokens::error(const std::string& message) const { return error_at(last_, message); }
Failure Tokens::error_here(const std::string& message) const { return error_at(at_, message); }

Failure Tokens::error_at(size_t place, const std::string& message) const {
  const std::string_view before = text_.substr(0, place);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const size_t start = before.rfind('\n');
  const size_t column = place - (start == std::string_view::npos ? 0 : start + 1) + 1;
  return fail(ErrorCode::kInvalidFile, fmt::format("line {}, column {}: {}", line, column, message));
}

}  // namespace pestle::ir
