// How much room text takes on a terminal. Lengths are columns: wide characters (CJK, emoji) take two, combining
// marks none. All functions expect text that printable() has made safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pestle::report {

// UTF-8 without anything that steers a terminal or reorders text: control characters, bidirectional overrides and
// broken bytes become U+FFFD, line breaks and tabs become spaces.
std::string printable(std::string_view text);

int code_point_width(char32_t code_point);
int display_width(std::string_view text);

// At most `width` columns; what is too long loses its middle: "model/layer_1…conv/kernel".
std::string shorten_middle(std::string_view text, int width, std::string_view ellipsis);
// Lines of at most `width` columns, broken at spaces, inside a word only where the word is longer than a line.
std::vector<std::string> wrap(std::string_view text, int width);

}  // namespace pestle::report
