// The few colours and signs that terminal text uses. Without colour every function returns its text unchanged, so
// nothing is ever said by colour alone.
#pragma once

#include <string>
#include <string_view>

#include "report/document.h"
#include "report/text.h"

namespace pestle::report {

class Paint {
 public:
  explicit Paint(const TextOptions& options)
      : colour_(options.colour == Colour::kOn), unicode_(options.glyphs == Glyphs::kUnicode) {}

  std::string bold(std::string_view text) const { return wrapped("1", text); }
  std::string dim(std::string_view text) const { return wrapped("2", text); }
  std::string warning(std::string_view text) const { return wrapped("33", text); }
  std::string marked(Mark mark, std::string_view text) const {
    switch (mark) {
      case Mark::kNone: return std::string(text);
      case Mark::kBest: return wrapped("32", text);
      case Mark::kDominated: return dim(text);
      case Mark::kWarning: return warning(text);
    }
    return std::string(text);
  }

  std::string_view ellipsis() const { return unicode_ ? "…" : "..."; }
  std::string_view rule() const { return unicode_ ? "─" : "-"; }
  std::string_view branch() const { return unicode_ ? "├─ " : "|- "; }
  std::string_view last_branch() const { return unicode_ ? "└─ " : "`- "; }
  std::string_view trunk() const { return unicode_ ? "│  " : "|  "; }
  bool unicode() const { return unicode_; }

 private:
  std::string wrapped(std::string_view code, std::string_view text) const {
    if (!colour_ || text.empty()) return std::string(text);
    std::string out = "\033[";
    out.append(code).append("m").append(text).append("\033[0m");
    return out;
  }

  bool colour_;
  bool unicode_;
};

// One column wide; a space for kNone.
inline std::string_view mark_sign(Mark mark) {
  switch (mark) {
    case Mark::kNone: return " ";
    case Mark::kBest: return "*";
    case Mark::kDominated: return "-";
    case Mark::kWarning: return "!";
  }
  return " ";
}

}  // namespace pestle::report
