#include "cli/flag_words.h"

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace pestle::cli {
namespace {

// "--keep-float" of "keep_float" where the command has it, as it has "--output" under the name "-o,--output".
std::string flag_of(std::string word, std::span<const Flag> flags) {
  std::replace(word.begin(), word.end(), '_', '-');
  const std::string wanted = "--" + word;
  for (const Flag& flag : flags) {
    const std::vector<std::string> names = split(flag.name, ',');
    if (std::find(names.begin(), names.end(), wanted) != names.end()) return names[0];
  }
  return {};
}

}  // namespace

std::string in_flags(std::string_view text, std::span<const Flag> flags) {
  std::string out;
  while (true) {
    const size_t open = text.find('`');
    const size_t close = open == std::string_view::npos ? open : text.find('`', open + 1);
    if (close == std::string_view::npos) return out + std::string(text);
    const std::string flag = flag_of(std::string(text.substr(open + 1, close - open - 1)), flags);
    if (flag.empty()) {
      // The second mark may open the next word.
      out += text.substr(0, close);
      text.remove_prefix(close);
      continue;
    }
    out += text.substr(0, open);
    out += flag;
    text.remove_prefix(close + 1);
  }
}

Error in_flags(Error error, std::span<const Flag> flags) {
  error.message = in_flags(error.message, flags);
  error.hint = in_flags(error.hint, flags);
  return error;
}

}  // namespace pestle::cli
