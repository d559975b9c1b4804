// A document as text for a terminal: aligned columns, numbers to the right, long names shortened in the middle.
// No line is wider than the given width, as long as that is at least 20.
#pragma once

#include <string>

#include "report/document.h"

namespace pestle::report {

enum class Colour { kOff, kOn };
enum class Glyphs { kUnicode, kAscii };

struct TextOptions {
  int width = 100;  // columns
  Colour colour = Colour::kOff;
  Glyphs glyphs = Glyphs::kUnicode;
};

// Ends with a newline; blocks are separated by one empty line, notes stand together.
std::string render_text(const Document& document, const TextOptions& options);

}  // namespace pestle::report
