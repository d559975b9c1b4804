// Small helpers on text that messages and patterns need.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pestle {

// Shell-like pattern: '*' is any run of characters, '?' any one; everything else is itself.
bool glob_match(std::string_view pattern, std::string_view text);

// The candidates nearest to `word`, best first, at most `most`: those that differ in one letter, those that begin with
// it, those that hold it or are held by it (from three letters on, the shortest first), then by edit distance up to half
// its length. Case does not matter.
std::vector<std::string> nearest_words(std::string_view word, std::span<const std::string> candidates, size_t most);

// How errors name an operation of a model: "CONV_2D 'features/conv1'"; without a name the operator alone.
std::string operation_label(std::string_view op, std::string_view name);

std::vector<std::string> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);

}  // namespace pestle
