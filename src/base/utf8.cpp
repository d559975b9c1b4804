#include "base/utf8.h"

#include <cstdint>

namespace pestle {
namespace {

// Bytes that follow a lead byte, or -1 where it leads nothing.
int continuation_count(uint8_t lead) {
  if (lead < 0x80) return 0;
  if (lead >= 0xC2 && lead < 0xE0) return 1;
  if (lead >= 0xE0 && lead < 0xF0) return 2;
  if (lead >= 0xF0 && lead < 0xF5) return 3;
  return -1;
}

bool is_scalar_value(char32_t code_point, int continuations) {
  constexpr char32_t kSmallest[] = {0, 0x80, 0x800, 0x10000};
  const bool surrogate = code_point >= 0xD800 && code_point < 0xE000;
  return code_point >= kSmallest[continuations] && code_point <= 0x10FFFF && !surrogate;
}

}  // namespace

char32_t take_code_point(std::string_view& rest) {
  const auto lead = static_cast<uint8_t>(rest.front());
  const int continuations = continuation_count(lead);
  if (continuations == 0) {
    rest.remove_prefix(1);
    return lead;
  }
  if (continuations < 0 || rest.size() <= static_cast<size_t>(continuations)) {
    rest.remove_prefix(1);
    return kReplacementCharacter;
  }
  char32_t code_point = lead & (0x3Fu >> continuations);
  bool valid = true;
  for (int i = 1; i <= continuations; ++i) {
    const auto byte = static_cast<uint8_t>(rest[static_cast<size_t>(i)]);
    valid = valid && (byte & 0xC0) == 0x80;
    code_point = (code_point << 6) | (byte & 0x3Fu);
  }
  valid = valid && is_scalar_value(code_point, continuations);
  rest.remove_prefix(valid ? static_cast<size_t>(continuations) + 1 : 1);
  return valid ? code_point : kReplacementCharacter;
}

void append_utf8(std::string& text, char32_t c) {
  const auto put = [&text](char32_t byte) { text.push_back(static_cast<char>(static_cast<uint8_t>(byte))); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | (c >> 6));
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3F));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

}  // namespace pestle
