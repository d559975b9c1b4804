#include "report/width.h"

#include <algorithm>
#include <iterator>

#include "base/utf8.h"

namespace pestle::report {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Combining marks, joiners and variation selectors of the scripts most seen (Unicode general categories Mn, Me, Cf).
constexpr Range kZeroWidth[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F},
    {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200D},
    {0x20D0, 0x20F0}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}, {0xE0100, 0xE01EF},
};

// East Asian Width W and F (Unicode annex 11), and emoji shown as pictures.
constexpr Range kWide[] = {
    {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0x33FF},   {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},
    {0xA000, 0xA4CF},   {0xA960, 0xA97F},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},
    {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF},
    {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD},
};

template <size_t N>
bool contains(const Range (&ranges)[N], char32_t c) {
  const auto* found = std::upper_bound(std::begin(ranges), std::end(ranges), c,
                                       [](char32_t value, const Range& range) { return value < range.first; });
  return found != std::begin(ranges) && c <= std::prev(found)->last;
}

bool steers_text(char32_t c) {
  const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0);
  const bool bidirectional = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F;
  const bool line_separator = c == 0x2028 || c == 0x2029;
  return control || bidirectional || line_separator;
}

// Bytes of the longest beginning of `text` that fits in `width` columns, combining marks included.
size_t fitting_bytes(std::string_view text, int width) {
  std::string_view rest = text;
  int used = 0;
  while (!rest.empty()) {
    std::string_view next = rest;
    used += code_point_width(take_code_point(next));
    if (used > width) break;
    rest = next;
  }
  return text.size() - rest.size();
}

// The shortest end of `text` without its first characters that fits in `width` columns.
std::string_view fitting_end(std::string_view text, int width) {
  int excess = display_width(text) - width;
  while (excess > 0 && !text.empty()) excess -= code_point_width(take_code_point(text));
  std::string_view next = text;
  while (!next.empty() && code_point_width(take_code_point(next)) == 0) text = next;
  return text;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const char32_t c = take_code_point(text);
    if (c == '\n' || c == '\t' || c == '\r') {
      out += ' ';
    } else {
      append_utf8(out, steers_text(c) ? kReplacementCharacter : c);
    }
  }
  return out;
}

int code_point_width(char32_t code_point) {
  if (code_point < 0x300) return 1;
  if (contains(kZeroWidth, code_point)) return 0;
  return contains(kWide, code_point) ? 2 : 1;
}

int display_width(std::string_view text) {
  int width = 0;
  while (!text.empty()) width += code_point_width(take_code_point(text));
  return width;
}

std::string shorten_middle(std::string_view text, int width, std::string_view ellipsis) {
  if (display_width(text) <= width) return std::string(text);
  const int room = width - display_width(ellipsis);
  if (room < 2) return std::string(text.substr(0, fitting_bytes(text, std::max(width, 0))));
  std::string out(text.substr(0, fitting_bytes(text, room / 2)));
  const int left = display_width(out);
  out += ellipsis;
  out += fitting_end(text, room - left);
  return out;
}

std::vector<std::string> wrap(std::string_view text, int width) {
  width = std::max(width, 2);  // any character fits in two columns
  std::vector<std::string> lines(1);
  int used = 0;
  const auto new_line = [&] {
    lines.emplace_back();
    used = 0;
  };
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    if (used > 0 && used + 1 + display_width(word) > width) new_line();
    if (used > 0) lines.back() += ' ';
    used += used > 0 ? 1 : 0;
    while (display_width(word) > width) {
      const size_t fits = fitting_bytes(word, width);
      lines.back() += word.substr(0, fits);
      word.remove_prefix(fits);
      new_line();
    }
    lines.back() += word;
    used += display_width(word);
  }
  return lines;
}

}  // namespace pestle::report
