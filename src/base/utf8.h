// UTF-8 that may be broken: names come from strangers' files and end up on terminals, in JSON and in HTML.
// Decoding never fails and never reads past the end; what is not valid UTF-8 becomes U+FFFD, one for each byte.
#pragma once

#include <string>
#include <string_view>

namespace pestle {

inline constexpr char32_t kReplacementCharacter = 0xFFFD;

// Takes the first code point off `rest`, which must not be empty.
char32_t take_code_point(std::string_view& rest);
void append_utf8(std::string& text, char32_t code_point);

}  // namespace pestle
