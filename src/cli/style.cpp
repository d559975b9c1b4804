#include "cli/style.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <string_view>

namespace pestle::cli {
namespace {

constexpr int kNarrowest = 20;

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

int terminal_width(std::FILE* stream, int otherwise) {
  winsize size{};
  if (ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col >= kNarrowest) return size.ws_col;
  const std::string_view columns = environment("COLUMNS");
  int width = 0;
  std::from_chars(columns.data(), columns.data() + columns.size(), width);
  return width >= kNarrowest ? width : otherwise;
}

// The first of the three that is set decides, as in setlocale().
bool has_utf8_locale() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string_view value = environment(name);
    if (value.empty()) continue;
    for (const std::string_view charset : {"UTF-8", "utf-8", "UTF8", "utf8"}) {
      if (value.find(charset) != std::string_view::npos) return true;
    }
    return false;
  }
  return false;
}

}  // namespace

bool is_terminal(std::FILE* stream) { return isatty(fileno(stream)) == 1 && environment("TERM") != "dumb"; }

report::TextOptions text_options(std::FILE* stream) {
  report::TextOptions options;
  if (!is_terminal(stream)) return options;
  options.width = terminal_width(stream, options.width);
  options.colour = environment("NO_COLOR").empty() ? report::Colour::kOn : report::Colour::kOff;
  options.glyphs = has_utf8_locale() ? report::Glyphs::kUnicode : report::Glyphs::kAscii;
  return options;
}

}  // namespace pestle::cli
