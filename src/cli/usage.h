// Wrong usage in the words of all other errors: what is wrong with a word of the command line, and the nearest thing
// that would be right. The option parser only splits; values are read and judged here.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "cli/command.h"

namespace pestle::cli {

// A verb and the words behind it.
struct CommandLine {
  const CommandDef* def = nullptr;
  std::vector<Flag> flags;  // with those that every command has
};

// Reads a value into where the flag wants it; numbers are checked against the flag's bounds, words against its choices.
Status set_value(const Flag& flag, const std::string& text);

// A verb that is missing or that there is not.
Error wrong_verb(std::span<const std::string> words);
// A word that no flag or positional argument takes.
Error unexpected_word(const CommandLine& line, const std::string& word);
// A flag at the end, or before another flag, although it wants a value.
Status check_values_follow(const CommandLine& line, std::span<const std::string> words);
Error missing_argument(const CommandLine& line, const Flag& flag);
Error given_twice(const Flag& flag);

// "--output" of "-o,--output"; "MODEL" of a positional argument.
std::string shown_name(const Flag& flag);
// True if the word is this flag, short or long.
bool is_called(const Flag& flag, std::string_view word);

}  // namespace pestle::cli
