#include "report/numbers.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace pestle::report {
namespace {

// The longest fixed form of a double has 309 digits before the point; decimals are clamped to 20.
constexpr size_t kFixedChars = 400;
constexpr int kMostDecimals = 20;

std::string with_separators(std::string digits) {
  const size_t first = digits.starts_with('-') ? 1 : 0;
  const size_t whole = std::min(digits.find('.'), digits.size());
  for (size_t at = whole; at > first + 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string two_digits(int64_t value) { return (value < 10 ? "0" : "") + std::to_string(value); }

}  // namespace

std::string format_count(int64_t count) { return with_separators(std::to_string(count)); }

std::string format_bytes(int64_t bytes) { return format_count(bytes) + (bytes == 1 ? " byte" : " bytes"); }

std::string format_size(int64_t bytes) {
  constexpr const char* kUnits[] = {" kB", " MB", " GB", " TB"};
  if (bytes < 1000) return format_bytes(bytes);
  double value = static_cast<double>(bytes) / 1000;
  size_t unit = 0;
  // 999.95 would print as 1,000.0.
  while (value >= 999.95 && unit + 1 < std::size(kUnits)) {
    value /= 1000;
    ++unit;
  }
  return format_number(value, 1) + kUnits[unit];
}

std::string format_number(double value, int decimals) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char buffer[kFixedChars];
  const int places = std::clamp(decimals, 0, kMostDecimals);
  const auto end = std::to_chars(buffer, buffer + kFixedChars, value, std::chars_format::fixed, places).ptr;
  std::string digits(buffer, end);
  // A minus before nothing but zeros says nothing.
  if (digits.find_first_of("123456789") == std::string::npos && digits.starts_with('-')) digits.erase(0, 1);
  return with_separators(std::move(digits));
}

std::string format_milliseconds(double milliseconds) {
  const double size = std::fabs(milliseconds);
  if (size >= 99.95) return format_number(milliseconds, 0);
  if (size >= 9.995) return format_number(milliseconds, 1);
  if (size >= 0.9995 || size == 0) return format_number(milliseconds, 2);
  return format_number(milliseconds, 4);
}

std::string format_duration(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return "?";
  if (seconds < 0.9995) return format_number(seconds * 1000, 0) + " ms";
  if (seconds < 59.95) return format_number(seconds, 1) + " s";
  constexpr double kLongest = 3.6e12;  // a thousand million hours; keeps the conversion defined
  const auto whole = static_cast<int64_t>(std::round(std::min(seconds, kLongest)));
  if (whole < 3600) return std::to_string(whole / 60) + " min " + two_digits(whole % 60) + " s";
  return format_count(whole / 3600) + " h " + two_digits(whole / 60 % 60) + " min";
}

}  // namespace pestle::report
