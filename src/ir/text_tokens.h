// The words of the text form: quoting, and a reader that takes one token after the other and knows where it stands.
// Inner header of ir/text_*.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace pestle::ir {

// In quotes; quotes, backslashes and bytes outside printable ASCII and UTF-8 as \", \\, \xNN.
std::string quote(std::string_view text);
// Letters, digits, '_' (not first a digit): what stands in a text without quotes.
bool is_word(std::string_view text);

class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text) { skip_space(); }

  bool at_end() const { return at_ == text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  // Takes the punctuation or word if it stands here.
  bool take(char mark);
  bool take_word(std::string_view word);
  Status expect(char mark);
  Status expect_word(std::string_view word);

  Result<std::string> word();
  Result<std::string> string();
  Result<std::vector<std::byte>> bytes();  // a string of base64
  // The characters of a number ("-1", "0.5e-3", "nan", "inf").
  Result<std::string_view> number();
  Result<int64_t> integer();
  Result<int64_t> integer(int64_t least, int64_t most);
  Result<double> real();
  Result<float> real32();

  // An error at the last token that was taken, or at the one that stands here.
  Failure error(const std::string& message) const;
  Failure error_here(const std::string& message) const;

 private:
  void skip_space();
  void advance(size_t count);
  Failure error_at(size_t place, const std::string& message) const;

  std::string_view text_;
  size_t at_ = 0;
  size_t last_ = 0;  // where the last token began
};

}  // namespace pestle::ir
