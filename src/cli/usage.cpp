#include "cli/usage.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace pestle::cli {
namespace {

bool is_positional(const Flag& flag) { return !flag.name.starts_with("-"); }

// "--threads N: Threads (physical cores)", the line of the help.
std::string help_line(const Flag& flag) {
  return fmt::format("{}{}{}: {}", shown_name(flag), flag.value_name.empty() ? "" : " ", flag.value_name, flag.help);
}

Failure wrong_value(const Flag& flag, const std::string& text, const std::string& why) {
  const std::string shown = text.empty() ? "\"\"" : text;
  return fail(ErrorCode::kInvalidArgument, fmt::format("{} {}: {}", shown_name(flag), shown, why), help_line(flag));
}

template <typename T>
bool read_number(const std::string& text, T& value) {
  const char* begin = text.data();
  const char* end = begin + text.size();
  if (text.starts_with('+')) ++begin;
  const auto read = std::from_chars(begin, end, value);
  return read.ec == std::errc() && read.ptr == end && begin != end;
}

Status set_whole_number(const Flag& flag, const std::string& text, int64_t& target) {
  int64_t value = 0;
  if (!read_number(text, value)) return wrong_value(flag, text, "expected a whole number");
  if (value < flag.least) return wrong_value(flag, text, fmt::format("must be at least {}", flag.least));
  if (value > flag.most) return wrong_value(flag, text, fmt::format("must be at most {}", flag.most));
  target = value;
  return {};
}

Status set_number(const Flag& flag, const std::string& text, double& target) {
  double value = 0;
  if (!read_number(text, value) || !std::isfinite(value)) return wrong_value(flag, text, "expected a number");
  target = value;
  return {};
}

Status set_word(const Flag& flag, const std::string& text, std::string& target) {
  const std::vector<std::string>& choices = flag.choices;
  if (choices.empty() || std::find(choices.begin(), choices.end(), text) != choices.end()) {
    target = text;
    return {};
  }
  const std::vector<std::string> near = nearest_words(text, choices, 1);
  const std::string guess = near.empty() ? "" : fmt::format("did you mean {}? ", near[0]);
  return fail(ErrorCode::kInvalidArgument, fmt::format("{} {}: there is no such choice", shown_name(flag), text),
              fmt::format("{}{} is one of {}", guess, shown_name(flag), join(choices, ", ")));
}

std::string first_example(const CommandDef& def) { return def.examples.empty() ? def.name : def.examples[0]; }

// Verbs that know the flag.
std::vector<std::string> verbs_with(std::string_view word) {
  std::vector<std::string> verbs;
  for (const CommandDef* def : commands()) {
    const std::vector<Flag> flags = def->make()->flags();
    if (std::any_of(flags.begin(), flags.end(), [&](const Flag& flag) { return is_called(flag, word); }))
      verbs.emplace_back(def->name);
  }
  return verbs;
}

Error usage_error(std::string message, std::string hint) {
  return {ErrorCode::kInvalidArgument, std::move(message), std::move(hint), {}};
}

}  // namespace

std::string shown_name(const Flag& flag) {
  if (is_positional(flag)) return flag.value_name;
  const size_t comma = flag.name.rfind(',');
  return comma == std::string::npos ? flag.name : flag.name.substr(comma + 1);
}

bool is_called(const Flag& flag, std::string_view word) {
  if (is_positional(flag)) return false;
  for (const std::string& name : split(flag.name, ',')) {
    if (name == word) return true;
  }
  return false;
}

Status set_value(const Flag& flag, const std::string& text) {
  if (auto* const* number = std::get_if<int64_t*>(&flag.target)) return set_whole_number(flag, text, **number);
  if (auto* const* number = std::get_if<double*>(&flag.target)) return set_number(flag, text, **number);
  if (auto* const* word = std::get_if<std::string*>(&flag.target)) return set_word(flag, text, **word);
  return fail(ErrorCode::kInternal, "a flag without a value was given one");
}

Error wrong_verb(std::span<const std::string> words) {
  std::vector<std::string> verbs;
  for (const CommandDef* def : commands()) verbs.emplace_back(def->name);
  const std::string all = fmt::format("pestle VERB, where VERB is one of {}", join(verbs, ", "));
  if (words.empty()) return usage_error("there is no verb", all);
  const auto is_word = [](const std::string& word) { return !word.starts_with("-"); };
  const auto first = std::find_if(words.begin(), words.end(), is_word);
  if (first == words.end()) return usage_error(fmt::format("{} stands without a verb", words[0]), all);
  if (std::find(verbs.begin(), verbs.end(), *first) != verbs.end()) {
    return usage_error(fmt::format("{} stands before the verb", words[0]),
                       fmt::format("flags follow it: pestle {} ... {}", *first, words[0]));
  }
  const std::vector<std::string> near = nearest_words(*first, verbs, 1);
  return usage_error(fmt::format("there is no verb {}", *first),
                     near.empty() ? all : fmt::format("did you mean pestle {}?", near[0]));
}

Error unexpected_word(const CommandLine& line, const std::string& word) {
  const std::string verb = line.def->name;
  if (!word.starts_with("-") || word == "-") {
    return usage_error(fmt::format("{}: {} takes no such argument", word, verb),
                       fmt::format("for example: {}", first_example(*line.def)));
  }
  const std::string name = word.substr(0, word.find('='));
  std::vector<std::string> known;
  for (const Flag& flag : line.flags) {
    if (is_positional(flag)) continue;
    for (std::string& own : split(flag.name, ',')) known.push_back(std::move(own));
  }
  const std::string message = fmt::format("{} has no flag {}", verb, name);
  const bool is_toggle = std::find(known.begin(), known.end(), name) != known.end();
  if (is_toggle) return usage_error(fmt::format("{}: {} takes no value", word, name), name);
  const std::vector<std::string> others = verbs_with(name);
  if (!others.empty()) {
    return usage_error(message, fmt::format("{} {} it; pestle {} --help lists those of {}", join(others, ", "),
                                            others.size() == 1 ? "has" : "have", verb, verb));
  }
  const std::vector<std::string> near = nearest_words(name, known, 1);
  return usage_error(message, near.empty() ? fmt::format("pestle {} --help lists its flags", verb)
                                           : fmt::format("did you mean {}?", near[0]));
}

Status check_values_follow(const CommandLine& line, std::span<const std::string> words) {
  const auto find = [&line](const std::string& word) {
    return std::find_if(line.flags.begin(), line.flags.end(), [&](const Flag& flag) { return is_called(flag, word); });
  };
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--") break;
    const auto flag = find(words[i]);
    if (flag == line.flags.end() || flag->value_name.empty()) continue;
    const bool follows = i + 1 < words.size() && find(words[i + 1]) == line.flags.end();
    if (!follows) return fail(ErrorCode::kInvalidArgument, words[i] + " has no value", help_line(*flag));
    ++i;
  }
  return {};
}

Error missing_argument(const CommandLine& line, const Flag& flag) {
  return usage_error(fmt::format("{}: {} is missing", line.def->name, shown_name(flag)),
                     fmt::format("for example: {}", first_example(*line.def)));
}

Error given_twice(const Flag& flag) {
  return usage_error(shown_name(flag) + " is given more than once", help_line(flag));
}

}  // namespace pestle::cli
